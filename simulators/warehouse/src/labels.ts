import { chance, pick } from './chance.ts';

/** GS1 mod-10 over the digits before it: weights 3 and 1 from the right. GS1 General Specifications 7.9.1. */
export function gs1CheckDigit(digits: string): number {
  let sum = 0;
  for (let i = 0; i < digits.length; i += 1) {
    const digit = digits.charCodeAt(digits.length - 1 - i) - 48;
    sum += i % 2 === 0 ? digit * 3 : digit;
  }
  return (10 - (sum % 10)) % 10;
}

/**
 * 18 digits: extension, a seven-digit company prefix that differs by site, serial, check digit.
 * @param serial counts the site's packages; unique below 10^10.
 */
export function sscc(site: string, serial: number): string {
  const digits = String(serial).padStart(10, '0').slice(-10);
  const prefix = `08${String(pick(100_000, 'gs1-prefix', site)).padStart(5, '0')}`;
  const body = `${digits.slice(0, 1)}${prefix}${digits.slice(1)}`;
  return `${body}${gs1CheckDigit(body)}`;
}

export interface Carriage {
  carrier: string;
  scac: string;
  service: string;
}

const CARRIERS = [
  { carrier: 'UPS', scac: 'UPSN', service: 'Ground' },
  { carrier: 'FedEx', scac: 'FDEG', service: 'FedEx Ground' },
] as const;

export function carriageOf(releaseNumber: string, asked: string | undefined): Carriage {
  const named = CARRIERS.find(({ carrier }) => asked?.toLowerCase().includes(carrier.toLowerCase()));
  const chosen = named ?? CARRIERS[pick(CARRIERS.length, 'carrier', releaseNumber)] ?? CARRIERS[0];
  return { ...chosen, service: asked ?? chosen.service };
}

/** A number that the carrier's own check digit accepts, the same for the same parcel. */
export function trackingNumber(scac: string, parcel: string): string {
  return scac === 'UPSN' ? upsTracking(parcel) : fedexTracking(parcel);
}

/** `1Z`, shipper, service, package, and a mod-10 digit over the 15 characters after `1Z` (odd places once, even twice). */
function upsTracking(parcel: string): string {
  const digits = (length: number, word: string) =>
    String(Math.floor(chance(word, parcel) * 10 ** length)).padStart(length, '0');
  const body = `${digits(6, 'shipper')}03${digits(7, 'package')}`;
  let sum = 0;
  for (let i = 0; i < body.length; i += 1) sum += (body.charCodeAt(i) - 48) * (i % 2 === 0 ? 1 : 2);
  return `1Z${body}${(10 - (sum % 10)) % 10}`;
}

/** 11 digits and a mod-11 mod-10 digit with the weights 1, 3, 7 from the right. */
function fedexTracking(parcel: string): string {
  const high = String(pick(1e6, 'fedex-high', parcel)).padStart(6, '0');
  const body = `${high}${String(pick(1e5, 'fedex-low', parcel)).padStart(5, '0')}`;
  const weights = [1, 3, 7];
  let sum = 0;
  for (let i = 0; i < body.length; i += 1) {
    sum += (body.charCodeAt(body.length - 1 - i) - 48) * (weights[i % 3] ?? 0);
  }
  return `${body}${(sum % 11) % 10}`;
}
