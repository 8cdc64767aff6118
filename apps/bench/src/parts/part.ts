/** One thing to be measured in process. */
export interface Part {
  readonly package: string;
  readonly name: string;
  /** How many times it does what it is named after. */
  readonly times: number;
  /** How many octets of payload it goes over each time, where that matters. */
  readonly octets?: number;
  readonly run: (this: void) => unknown;
}

/** What is sent back for each part. */
export interface PartResult {
  readonly package: string;
  readonly name: string;
  readonly octets: number | null;
  /** Nanoseconds for each time: the median of the samples, and the fastest. */
  readonly median: number;
  readonly fastest: number;
}
