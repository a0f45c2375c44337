declare module 'pidusage' {
  interface Usage {
    /** Percent of one CPU since the call before. */
    cpu: number;
    /** Resident bytes. */
    memory: number;
  }
  export default function pidusage(pid: number, done: (error: Error | null, usage: Usage) => void): void;
}
