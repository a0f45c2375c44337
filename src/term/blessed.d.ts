/**
 * What is used of blessed 0.1.81 and blessed-contrib 4.11.0, and nothing else. The published types lack the parts that
 * keep blessed away from the terminal (`Tput`, `_flush`, the handlers) and are wrong about others.
 */
declare module 'blessed' {
  interface TputClass {
    /** Folders that are searched for terminfo files. */
    readonly ipaths: unknown[];
    readonly prototype: {
      /** Makes a function of a capability, by way of generated code. */
      _compile(info: unknown, name: string, value: unknown): unknown;
    };
  }

  /** The part of a stream that Program uses of its `output`. */
  export interface ProgramOutput {
    readonly isTTY: boolean;
    readonly writable: boolean;
    readonly columns: number;
    readonly rows: number;
    write(text: string): boolean;
    on(event: string, listener: (...args: unknown[]) => void): unknown;
  }
  /** The part of a stream that Program uses of its `input`. */
  export interface ProgramInput {
    on(event: string, listener: (...args: unknown[]) => void): unknown;
    listeners(event: string): unknown[];
  }
  export interface ProgramOptions {
    input: ProgramInput;
    output: ProgramOutput;
    tput: true;
    buffer: true;
    zero: true;
    terminal: string;
    forceUnicode: boolean;
  }
  export interface Program {
    _flush: () => void;
  }
  interface ProgramClass {
    _exitHandler?: () => void;
  }

  export interface ScreenOptions {
    program: Program;
    fullUnicode: false;
    autoPadding: boolean;
  }
  export interface Screen {
    append(element: Element): void;
  }
  type Listener = (...args: unknown[]) => void;
  interface ScreenClass {
    _exceptionHandler?: Listener;
    _sigtermHandler?: Listener;
    _sigintHandler?: Listener;
    _sigquitHandler?: Listener;
    _exitHandler?: Listener;
  }

  export interface ElementOptions {
    parent: Screen;
    top: number;
    left: number;
    width: number | string;
    height: number | string;
  }
  export interface Element {
    width: number;
    render(): void;
    setContent(content: string): void;
    destroy(): void;
  }

  interface Blessed {
    Tput: TputClass;
    Program: ProgramClass;
    Screen: ScreenClass;
    program(options: ProgramOptions): Program;
    screen(options: ScreenOptions): Screen;
  }
  const blessed: Blessed;
  export default blessed;
}

declare module 'blessed-contrib/lib/widget/sparkline.js' {
  import type { Element, ElementOptions } from 'blessed';
  export interface Sparkline extends Element {
    setData(titles: readonly string[], datasets: readonly (readonly number[])[]): void;
  }
  const sparkline: (options: ElementOptions & { hidden: boolean }) => Sparkline;
  export default sparkline;
}

declare module 'blessed-contrib/lib/widget/canvas.js' {
  import type { Element, Screen } from 'blessed';
  /** Where drawings go: dots, two in the width of a cell and four in its height. */
  export interface DotSink {
    set(x: number, y: number): void;
  }
  /** The part of the HTML canvas that draws lines. */
  export interface CanvasContext<Sink extends DotSink> {
    readonly canvas: Sink;
    beginPath(): void;
    moveTo(x: number, y: number): void;
    lineTo(x: number, y: number): void;
    stroke(): void;
  }
  export interface Canvas<Sink extends DotSink> extends Element {
    /** Made when the widget comes onto a screen, by asking for its size. */
    readonly ctx: CanvasContext<Sink>;
    canvasSize: { readonly width: number; readonly height: number };
    calcSize: () => void;
  }
  const Canvas: new <Sink extends DotSink>(
    options: { screen: Screen; hidden: boolean },
    sink: new () => Sink,
  ) => Canvas<Sink>;
  export default Canvas;
}
