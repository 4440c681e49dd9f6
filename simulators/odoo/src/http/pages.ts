import { majorOf } from '../orm/model.ts';
import type { Series } from '../orm/model.ts';

export const HTML = 'text/html; charset=utf-8';

export const NO_DATABASE =
  '<!DOCTYPE html>\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n<p>No database is selected and the requested URL was not found in the server-wide controllers.</p>\n<p>Please verify the hostname, <a href=/web/login>login</a> and try again.</p>\n\n<!-- Alternatively, use the X-Odoo-Database header. -->\n';

export const WRONG_CONTENT_TYPE =
  '<!doctype html>\n<html lang=en>\n<title>415 Unsupported Media Type</title>\n<h1>Unsupported Media Type</h1>\n<p>Request inferred type is compatible with [&#39;http&#39;] but &#39;/json/2/&lt;__model__&gt;/&lt;__method__&gt;&#39; is type=&#39;json2&#39;.<br><br>Please verify the Content-Type request header and try again.</p>\n';

export const NOT_FOUND =
  '<!doctype html>\n<html lang=en>\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n<p>The requested URL was not found on the server. If you entered the URL manually please check your spelling and try again.</p>\n';

export const LOGIN = '<!DOCTYPE html>\n<html><head><title>Odoo</title></head><body>Log in</body></html>\n';

/** What a proxy in front of Odoo, or its own crash page, answers. */
export const failurePage = (status: number) =>
  `<!doctype html>\n<html lang=en>\n<title>${status}</title>\n<h1>${status === 503 ? 'Service Unavailable' : 'Internal Server Error'}</h1>\n`;

const versionInfo = (series: Series) => [majorOf(series), 0, 0, 'final', 0, ''];

/** `GET /web/version` and `/json/version`, 19 only. */
export const webVersion = (series: Series) => ({ version_info: versionInfo(series), version: series });

/** `common.version`. */
export const serverVersion = (series: Series) => ({
  server_version: series,
  server_version_info: versionInfo(series),
  server_serie: series,
  protocol_version: 1,
});
