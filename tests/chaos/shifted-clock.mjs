// Loaded into a node before anything else (--import): its wall clock is wrong by TRUNKLINE_TEST_CLOCK_SHIFT_MS. Durations stay right,
// as on a machine whose clock was set wrong.
const shiftMs = Number(process.env['TRUNKLINE_TEST_CLOCK_SHIFT_MS'] ?? 0);
const Real = Date;

globalThis.Date = class Date extends Real {
  constructor(...given) {
    if (given.length === 0) super(Real.now() + shiftMs);
    else super(...given);
  }

  static now() {
    return Real.now() + shiftMs;
  }
};
