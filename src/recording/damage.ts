/** What a damaged recording lacks, in words. */
import { dateTimeText } from '../units/format.ts';
import type { Recording } from './reader.ts';

/** So many places are named; of more the number is told. */
const MOST_NAMED = 3;

/** A sentence for the user; undefined: nothing is damaged. */
export function damageText(recording: Recording): string | undefined {
  const { damagedAfter, count } = recording;
  if (damagedAfter.length === 0) return undefined;
  const sampleText = (index: number): string => {
    const { number, wallMs } = recording.instant(index);
    return `sample ${number}${Number.isNaN(wallMs) ? '' : ` (${dateTimeText(wallMs)})`}`;
  };
  const placeText = (after: number): string => {
    if (after < 0) return `before ${sampleText(0)}`;
    if (after + 1 === count) return `after ${sampleText(after)}`;
    return `between ${sampleText(after)} and ${sampleText(after + 1)}`;
  };
  const named = damagedAfter.slice(0, MOST_NAMED).map(placeText).join(', ');
  const more = damagedAfter.length - MOST_NAMED;
  const others = more > 0 ? ` and in ${more} more place${more === 1 ? '' : 's'}` : '';
  return `the recording is damaged ${named}${others}: what was recorded there is left out`;
}
