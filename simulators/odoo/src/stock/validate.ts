import type { Env } from '../orm/env.ts';
import { userError } from '../orm/errors.ts';
import type { Row } from '../orm/field.ts';
import { touchDelivered } from './delivered.ts';
import { completePicking } from './done.ts';
import { enteredOf, nothingEntered, takeEntered } from './entered.ts';
import { linesOf, setPicked } from './lines.ts';
import { assignNext } from './pull.ts';
import { pushDoneMoves } from './push.ts';
import { assignMoves, assignWaiting } from './reserve.ts';
import { isOpen, movesOf } from './states.ts';

/**
 * `stock.picking.button_validate` (recordings 06 to 09, 17): `true` only when the pickings are done; an act_window
 * dictionary when a person would be asked something, in which case nothing has moved.
 */
export function buttonValidate(env: Env, asked: readonly Row[]): unknown {
  const pickings = env.major >= 19 ? asked.filter((picking) => picking['state'] !== 'done') : [...asked];
  if (pickings.length === 0) return true;
  for (const picking of pickings) if (picking['state'] === 'draft') confirmPicking(env, picking);
  refuseUnready(env, pickings);
  if (env.major >= 17) pickWhatIsReserved(env, pickings);
  const question =
    immediateQuestion(env, pickings) ?? expiryQuestion(env, pickings) ?? backorderQuestion(env, pickings);
  if (question) return question;
  if (env.major < 17) for (const picking of pickings) takeEntered(env, picking);
  const dropRest = new Set((env.context['picking_ids_not_to_backorder'] as number[] | undefined) ?? []);
  for (const picking of pickings) ship(env, picking, dropRest.has(picking.id));
  return true;
}

export function confirmPicking(env: Env, picking: Row): void {
  const drafts = movesOf(env, picking).filter((move) => move['state'] === 'draft');
  for (const move of drafts)
    env.patch('stock.move', move, { state: 'confirmed', _open_product: move['product_id'] });
  assignMoves(env, drafts);
}

function ship(env: Env, picking: Row, dropRestAsked: boolean): void {
  const policy = env.find('stock.picking.type', picking['picking_type_id'])?.['create_backorder'];
  const dropRest = policy === 'never' || (dropRestAsked && policy !== 'always');
  const open = movesOf(env, picking).filter(isOpen);
  if (!completePicking(env, picking, dropRest)) return;
  const done = open.filter((move) => move['state'] === 'done');
  touchDelivered(env, done);
  if (env.major < 18) assignNext(env, done);
  else pushDoneMoves(env, picking, done);
  if (
    usage(env, picking['location_id']) !== 'internal' ||
    usage(env, picking['location_dest_id']) === 'internal'
  )
    for (const move of done) assignWaiting(env, move['product_id'], move['location_dest_id']);
}

const usage = (env: Env, location: unknown) => env.find('stock.location', location)?.['usage'];

/** Of a move what would go. */
const goingOf = (env: Env, move: Row): number =>
  env.major < 17 ? enteredOf(env, move) : Number(move['quantity']);

const quantityOf = (picking: Row, env: Env) =>
  movesOf(env, picking)
    .filter(isOpen)
    .reduce(
      (total, move) => total + Number(move['quantity']) + (env.major < 17 ? enteredOf(env, move) : 0),
      0,
    );

const NOTHING_19 =
  "Transfer trouble alert! Validating a zero quantity transfer? You're not moving invisible goods around are you?\nSet some quantities and let's get moving!";
const NOTHING_16 =
  'You cannot validate a transfer if no quantities are reserved nor done. To force the transfer, switch in edit mode and encode the done quantities.';
const NOTHING_18 =
  'You cannot validate a transfer if no quantities are reserved. To force the transfer, encode quantities.';

/** One empty picking among others is left out; when all are empty the call is refused. */
function refuseUnready(env: Env, pickings: readonly Row[]): void {
  if (pickings.every((picking) => quantityOf(picking, env) === 0))
    throw userError(env.major < 17 ? NOTHING_16 : env.major < 19 ? NOTHING_18 : NOTHING_19);
  const lacking = new Set<string>();
  for (const picking of pickings)
    for (const move of movesOf(env, picking).filter(isOpen))
      if (goingOf(env, move) > 0 && lacksLot(env, move))
        lacking.add(env.displayName('product.product', env.get('product.product', move['product_id'])));
  if (lacking.size > 0)
    throw userError(
      `You need to supply a Lot/Serial Number for product:\n${[...lacking].map((name) => `- ${name}`).join('\n')}`,
    );
}

function lacksLot(env: Env, move: Row): boolean {
  const product = env.find('product.product', move['product_id']);
  const template = env.find('product.template', product?.['product_tmpl_id']);
  if (template?.['tracking'] === 'none') return false;
  const type = env.find(
    'stock.picking.type',
    env.find('stock.picking', move['picking_id'])?.['picking_type_id'],
  );
  const nameCounts = type?.['use_create_lots'] === true;
  return linesOf(env, move)
    .filter((line) => env.major >= 17 || Number(line['qty_done'] ?? 0) > 0)
    .some((line) => !line['lot_id'] && !(nameCounts && line['lot_name']));
}

/** Nobody marked a move as picked: all of them are, and stay so even when the answer is a question (code). */
function pickWhatIsReserved(env: Env, pickings: readonly Row[]): void {
  for (const picking of pickings) {
    const open = movesOf(env, picking).filter(isOpen);
    if (open.some((move) => move['picked'] === true) || quantityOf(picking, env) === 0) continue;
    for (const move of open) setPicked(env, move, true);
  }
}

/** 16 asks before it ships what is reserved and nobody entered. */
function immediateQuestion(env: Env, pickings: readonly Row[]): unknown {
  if (env.major >= 17 || env.context['skip_immediate']) return undefined;
  const untouched = pickings.filter((picking) => nothingEntered(env, picking));
  if (untouched.length === 0) return undefined;
  return {
    ...formWindow('Immediate Transfer?', 'stock.immediate.transfer', 859),
    context: {
      skip_sanity_check: false,
      button_validate_picking_ids: pickings.map((picking) => picking.id),
      default_show_transfers: pickings.length > 1,
      default_pick_ids: untouched.map((picking) => [4, picking.id]),
    },
  };
}

function backorderQuestion(env: Env, pickings: readonly Row[]): unknown {
  if (env.context['skip_backorder']) return undefined;
  const partial = pickings.filter((picking) => {
    const policy = env.find('stock.picking.type', picking['picking_type_id'])?.['create_backorder'];
    if (policy !== 'ask') return false;
    return movesOf(env, picking)
      .filter(isOpen)
      .some(
        (move) =>
          (env.major >= 17 && move['picked'] !== true) ||
          goingOf(env, move) < Number(move['product_uom_qty']),
      );
  });
  if (partial.length === 0) return undefined;
  return {
    ...formWindow('Create Backorder?', 'stock.backorder.confirmation', env.major < 19 ? 973 : 1018),
    context: {
      button_validate_picking_ids: pickings.map((picking) => picking.id),
      default_show_transfers: pickings.length > 1,
      default_pick_ids: partial.map((picking) => [4, picking.id]),
    },
  };
}

/** A lot past its date is only shipped when somebody says so (recording 24). */
function expiryQuestion(env: Env, pickings: readonly Row[]): unknown {
  if (env.context['skip_expired']) return undefined;
  const expired = (picking: Row) =>
    movesOf(env, picking)
      .filter(isOpen)
      .flatMap((move) => linesOf(env, move))
      .filter((line) => env.major >= 17 || Number(line['qty_done'] ?? 0) > 0)
      .map((line) => env.find('stock.lot', line['lot_id']))
      .filter((lot) => lot !== undefined)
      .filter((lot) => isPast(env, lot))
      .map((lot) => lot.id);
  const touched = pickings.filter((picking) => expired(picking).length > 0);
  if (touched.length === 0) return undefined;
  return {
    ...formWindow('Confirmation', 'expiry.picking.confirmation', env.major < 19 ? 1140 : 1193),
    context: {
      button_validate_picking_ids: pickings.map((picking) => picking.id),
      default_picking_ids: [[6, 0, touched.map((picking) => picking.id)]],
      default_lot_ids: [[6, 0, [...new Set(touched.flatMap(expired))]]],
    },
  };
}

const isPast = (env: Env, lot: Row) =>
  typeof lot['expiration_date'] === 'string' && lot['expiration_date'] <= env.now;

const formWindow = (name: string, model: string, view: number) => ({
  name,
  type: 'ir.actions.act_window',
  view_mode: 'form',
  res_model: model,
  views: [[view, 'form']],
  view_id: view,
  target: 'new',
});
