import type { DemandCustomer, DemandProduct } from './demand.ts';
import type { Random } from './random.ts';

type Words = readonly [string, ...string[]];

interface Land {
  readonly country: string;
  /** City, region or "", postal code pattern: # is a digit, @ a letter. */
  readonly cities: readonly [readonly [string, string, string], ...(readonly [string, string, string])[]];
  readonly streets: Words;
  readonly forms: Words;
  readonly dial: string;
  /** The number stands before the street's name. */
  readonly numberFirst: boolean;
}

const LANDS: readonly [Land, ...Land[]] = [
  {
    country: 'United States',
    cities: [
      ['Dallas', 'TX', '752##'],
      ['Denver', 'CO', '802##'],
      ['Portland', 'OR', '972##'],
      ['Columbus', 'OH', '432##'],
      ['Tucson', 'AZ', '857##'],
      ['Raleigh', 'NC', '276##'],
    ],
    streets: ['Commerce Street', 'Mill Road', 'Harbor Avenue', 'Fourth Street', 'Depot Lane', 'Canal Road'],
    forms: ['Inc.', 'LLC', 'Co.'],
    dial: '+1',
    numberFirst: true,
  },
  {
    country: 'United Kingdom',
    cities: [
      ['Leeds', '', 'LS# #@@'],
      ['Bristol', '', 'BS# #@@'],
      ['Glasgow', '', 'G# #@@'],
      ['Norwich', '', 'NR# #@@'],
    ],
    streets: ['High Street', 'Wharf Road', 'Station Approach', 'Market Lane', 'Foundry Way'],
    forms: ['Ltd', 'plc', '& Sons'],
    dial: '+44',
    numberFirst: true,
  },
  {
    country: 'Germany',
    cities: [
      ['Leipzig', '', '041##'],
      ['Bremen', '', '281##'],
      ['Stuttgart', '', '701##'],
      ['Münster', '', '481##'],
    ],
    streets: ['Lindenstraße', 'Am Güterbahnhof', 'Werkstraße', 'Hafenweg', 'Gartenallee'],
    forms: ['GmbH', 'AG', 'OHG'],
    dial: '+49',
    numberFirst: false,
  },
  {
    country: 'France',
    cities: [
      ['Lyon', '', '690##'],
      ['Nantes', '', '440##'],
      ['Reims', '', '511##'],
    ],
    streets: ['rue des Tanneurs', 'quai du Port', 'avenue de la Gare', 'chemin des Vignes'],
    forms: ['SARL', 'SA', 'et Fils'],
    dial: '+33',
    numberFirst: true,
  },
  {
    country: 'Netherlands',
    cities: [
      ['Utrecht', '', '35## @@'],
      ['Eindhoven', '', '56## @@'],
    ],
    streets: ['Havenstraat', 'Molenweg', 'Spoorlaan'],
    forms: ['B.V.', 'N.V.'],
    dial: '+31',
    numberFirst: false,
  },
  {
    country: 'Canada',
    cities: [
      ['Calgary', 'AB', 'T#@ #@#'],
      ['Halifax', 'NS', 'B#@ #@#'],
    ],
    streets: ['Railway Avenue', 'Lakeshore Road', 'Granite Street'],
    forms: ['Inc.', 'Ltd'],
    dial: '+1',
    numberFirst: true,
  },
];

const FIRST: Words = [
  'Alder',
  'Brook',
  'Cobalt',
  'Dune',
  'Ember',
  'Fern',
  'Granite',
  'Heron',
  'Juniper',
  'Kestrel',
  'Larch',
  'Mica',
  'Nettle',
  'Osprey',
  'Pine',
  'Quarry',
  'Rowan',
  'Sorrel',
  'Tamarack',
  'Umber',
  'Willow',
];
const TRADE: Words = [
  'Supply',
  'Hardware',
  'Outfitters',
  'Wholesale',
  'Trading',
  'Provisions',
  'Interiors',
  'Gifts',
  'Fasteners',
  'Tools',
  'Kitchens',
  'Stationers',
];
const GIVEN: Words = [
  'Ana',
  'Bruno',
  'Clara',
  'David',
  'Elif',
  'Farid',
  'Greta',
  'Hugo',
  'Ines',
  'Jonas',
  'Karin',
  'Luis',
  'Mara',
  'Nils',
  'Olga',
  'Piet',
];
const FAMILY: Words = [
  'Abel',
  'Brandt',
  'Costa',
  'Dale',
  'Ek',
  'Frost',
  'Grant',
  'Holm',
  'Ito',
  'Jansen',
  'Keller',
  'Lund',
  'Moreau',
  'Novak',
  'Okafor',
  'Price',
];
const MATERIAL: Words = [
  'Brass',
  'Oak',
  'Steel',
  'Linen',
  'Enamel',
  'Ceramic',
  'Copper',
  'Felt',
  'Glass',
  'Wool',
  'Zinc',
  'Slate',
];
const THING: Words = [
  'Hinge',
  'Lantern',
  'Bracket',
  'Mug',
  'Tray',
  'Hook',
  'Basket',
  'Clamp',
  'Bell',
  'Board',
  'Cushion',
  'Dowel',
  'Funnel',
  'Tile',
  'Washer',
  'Knob',
];
const MEASURE: Words = ['10 mm', '25 mm', '40 mm', 'small', 'large', 'set of 4', 'box of 12', 'pair'];

/** A buyer with a name, a contact and an address that look real; `country` as given, else one of ours. */
export function madeUpCustomer(random: Random, id: string, country?: string): DemandCustomer {
  const land =
    LANDS.find((each) => each.country === country) ??
    (country === undefined ? random.pick(LANDS) : undefined);
  const place = land ?? random.pick(LANDS);
  const [city, region, postal] = random.pick(place.cities);
  const name = `${random.pick(FIRST)} ${random.pick(TRADE)} ${random.pick(place.forms)}`;
  const number = String(1 + random.below(240));
  const street = random.pick(place.streets);
  const contact = `${random.pick(GIVEN)} ${random.pick(FAMILY)}`;
  return {
    id,
    name: `${name} ${id}`,
    contact,
    phone: `${place.dial} 555 ${digits(random, '####')}`,
    email: `orders.${id.toLowerCase().replace(/[^a-z0-9]/g, '')}@example.com`,
    address: {
      name: `${name} ${id}`,
      street: place.numberFirst ? `${number} ${street}` : `${street} ${number}`,
      // A country of which we have no towns gets one that is named after it.
      city: land === undefined ? `${country} City` : city,
      ...(land === undefined || region === '' ? {} : { region }),
      ...(land === undefined ? {} : { postalCode: digits(random, postal) }),
      country: country ?? place.country,
    },
  };
}

export function madeUpProduct(random: Random, number: number): DemandProduct {
  const cents = Math.max(35, Math.round(random.logNormal(Math.log(450), 0.9)));
  return {
    sku: `TL-${String(10_000 + number)}`,
    name: `${random.pick(MATERIAL)} ${random.pick(THING)}, ${random.pick(MEASURE)}`,
    price: `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`.replace(/\.?0+$/, ''),
  };
}

function digits(random: Random, pattern: string): string {
  return pattern.replace(/[#@]/g, (mark) =>
    mark === '#' ? String(random.below(10)) : 'ABDEFGHJLNPQRSTUWXYZ'.charAt(random.below(20)),
  );
}
