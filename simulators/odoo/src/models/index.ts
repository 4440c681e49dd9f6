import { baseMethods } from '../orm/base-methods.ts';
import { buildModel, isIn, majorOf } from '../orm/model.ts';
import type { Model, Series } from '../orm/model.ts';
import { accountingModels } from './accounting/index.ts';
import { apiKeyModels } from './api-keys.ts';
import { baseModels } from './base.ts';
import { leadModels } from './lead.ts';
import { lot } from './lot.ts';
import { moveModels } from './move.ts';
import { partner } from './partner.ts';
import { pickingModels } from './picking.ts';
import { pricelistModels } from './pricelist.ts';
import { productModels } from './product.ts';
import { quantModels } from './quant.ts';
import { returnModels } from './returns.ts';
import { saleLine } from './sale-line.ts';
import { saleOrder } from './sale-order.ts';
import { warehouseModels } from './warehouse.ts';

const DEFINITIONS = [
  ...baseModels,
  ...apiKeyModels,
  partner,
  ...productModels,
  ...pricelistModels,
  ...warehouseModels,
  lot,
  ...quantModels,
  ...moveModels,
  ...pickingModels,
  ...returnModels,
  saleOrder,
  saleLine,
  ...accountingModels,
  ...leadModels,
];

export const buildModels = (series: Series): Model[] =>
  DEFINITIONS.filter((definition) => isIn(majorOf(series), definition)).map((definition) =>
    buildModel(definition, baseMethods(definition.name), series),
  );
