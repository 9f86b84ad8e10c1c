/** The words that the shop's data is made of. */

export interface CategoryPlan {
  slug: string;
  name: string;
  nouns: readonly string[];
  /** The choices of a customer, and what each adds to the price, in cents. */
  options: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Maximum length of an engraved or embroidered text; absent if the product cannot have one. */
  engravingLength?: number;
}

const SIZES = { S: 0, M: 0, L: 0, XL: 250 };
const COLOURS = { black: 0, navy: 0, forest: 0, rust: 150, sand: 150 };
const WOODS = { beech: 0, oak: 1_900, walnut: 3_400 };
const FINISHES = { raw: 0, oiled: 300, lacquered: 450 };

export const CATEGORIES: readonly CategoryPlan[] = [
  {
    slug: 'chairs',
    name: 'Chairs',
    nouns: ['chair', 'stool', 'rocker'],
    options: { wood: WOODS, finish: FINISHES },
  },
  {
    slug: 'tables',
    name: 'Tables',
    nouns: ['table', 'desk', 'bench'],
    options: { wood: WOODS, finish: FINISHES },
  },
  {
    slug: 'lamps',
    name: 'Lamps',
    nouns: ['lamp', 'lantern'],
    options: { colour: COLOURS, plug: { eu: 0, uk: 0, us: 0 } },
  },
  {
    slug: 'mugs',
    name: 'Mugs',
    nouns: ['mug', 'cup', 'beaker'],
    options: { colour: COLOURS },
    engravingLength: 24,
  },
  {
    slug: 'knives',
    name: 'Knives',
    nouns: ['knife', 'cleaver'],
    options: { handle: WOODS },
    engravingLength: 18,
  },
  {
    slug: 'bags',
    name: 'Bags',
    nouns: ['tote', 'satchel', 'rucksack'],
    options: { colour: COLOURS },
    engravingLength: 12,
  },
  {
    slug: 'shirts',
    name: 'Shirts',
    nouns: ['shirt', 'tee', 'smock'],
    options: { size: SIZES, colour: COLOURS },
  },
  {
    slug: 'jackets',
    name: 'Jackets',
    nouns: ['jacket', 'coat', 'gilet'],
    options: { size: SIZES, colour: COLOURS },
  },
  {
    slug: 'boots',
    name: 'Boots',
    nouns: ['boot', 'clog'],
    options: { size: { 38: 0, 40: 0, 42: 0, 44: 0, 46: 200 } },
  },
  {
    slug: 'blankets',
    name: 'Blankets',
    nouns: ['blanket', 'throw'],
    options: { colour: COLOURS },
    engravingLength: 20,
  },
  {
    slug: 'notebooks',
    name: 'Notebooks',
    nouns: ['notebook', 'journal'],
    options: { ruling: { plain: 0, lined: 0, dots: 50 } },
    engravingLength: 30,
  },
  {
    slug: 'clocks',
    name: 'Clocks',
    nouns: ['clock', 'timer'],
    options: { wood: WOODS, dial: { white: 0, black: 0 } },
  },
];

export const ADJECTIVES = [
  'Alder',
  'Brisk',
  'Calm',
  'Dapper',
  'Early',
  'Fjord',
  'Gentle',
  'Harbour',
  'Inland',
  'Juniper',
  'Kindly',
  'Lowland',
  'Meadow',
  'Nimble',
  'Orchard',
  'Plain',
  'Quiet',
  'River',
  'Sturdy',
  'Tidal',
];

export const SENTENCES = [
  'Made in small batches by people who use it themselves.',
  'The joints are glued and pinned, so that it can be repaired.',
  'Every piece is checked by hand before it leaves the workshop.',
  'It gets better with age and forgives the odd knock.',
  'Wipe with a damp cloth; keep away from the dishwasher.',
  'Packed in paper and straw without a gram of plastic.',
  'The colour may differ a little from one batch to the next.',
  'Designed to be passed on rather than thrown away.',
  'Spare parts can be ordered for at least fifteen years.',
  'Our tester dropped it down the stairs and could not tell.',
  'Sits well in a small flat and does not shout in a large one.',
  'A plain thing, done properly.',
];

export const REMARKS = [
  'Arrived on time and exactly as described.',
  'Bought it as a present and kept it for myself.',
  'Solid, heavier than it looks, worth the money.',
  'The finish is lovely, the packaging could be simpler.',
  'One corner was dented; a new one came within two days.',
  'We have used it daily for a year and it still looks new.',
  'Smaller than I had imagined, but that is on me.',
  'Second one we own. That should say enough.',
];

export const FIRST_NAMES = [
  'Ada',
  'Bo',
  'Cleo',
  'Dara',
  'Emil',
  'Freya',
  'Gus',
  'Hana',
  'Ivo',
  'June',
  'Kemi',
  'Lars',
  'Mina',
  'Noor',
  'Otto',
  'Pia',
];
export const LAST_NAMES = [
  'Abara',
  'Brandt',
  'Castell',
  'Dahl',
  'Eriksen',
  'Fontaine',
  'Grau',
  'Holm',
  'Ito',
  'Jansen',
  'Keller',
  'Lindqvist',
  'Moreau',
  'Novak',
];
export const STREETS = [
  'Mill Lane',
  'Harbour Street',
  'Station Road',
  'Orchard Way',
  'Church Hill',
  'Canal Side',
];
export const COUNTRIES = ['DE', 'FR', 'GB', 'IE', 'NL', 'NO', 'PL', 'SE'];
