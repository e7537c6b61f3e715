import type { ClientTls, Endpoint } from './agency-file.js';
import { choice, list, matching, object, oneKind, tag, text, textMap, yesNo } from './schema.js';

type Login = NonNullable<Endpoint['login']>;

/** The smallest is 1: an interval of nothing is a loop. */
export const duration = matching('^[1-9][0-9]{0,5}(?:ms|s|m|h|d)$', 8);
export const webAddress = matching('^https?://[^\\s/?#]+[^\\s]*$', 2_000);
/** A file's name inside the secrets folder, never a way out of it. */
const secretName = matching('^[A-Za-z0-9][A-Za-z0-9._-]*$', 100);
const headerName = matching("^[!#$%&'*+.^_`|~0-9A-Za-z-]+$", 100);
/** Always below the endpoint's own address. */
export const belowAddress = matching('^/[^\\s#]*$', 2_000);
export const valuePath = matching('^\\.?[^\\s{}]+$', 300);

const tlsRequired = { certificate: secretName, key: secretName };
const login = oneKind<Login>({
  'body-key': object<Extract<Login, { kind: 'body-key' }>>(
    { kind: tag('body-key'), field: text(100), secret: secretName },
    {},
  ),
  session: object<Extract<Login, { kind: 'session' }>>(
    { kind: tag('session'), username: text(200), secret: secretName },
    {},
  ),
  bearer: object<Extract<Login, { kind: 'bearer' }>>({ kind: tag('bearer'), secret: secretName }, {}),
  header: object<Extract<Login, { kind: 'header' }>>({ kind: tag('header'), name: headerName, secret: secretName }, {}),
  query: object<Extract<Login, { kind: 'query' }>>({ kind: tag('query'), name: text(100), secret: secretName }, {}),
  basic: object<Extract<Login, { kind: 'basic' }>>({ kind: tag('basic'), username: text(200), secret: secretName }, {}),
  token: object<Extract<Login, { kind: 'token' }>>(
    {
      kind: tag('token'),
      path: belowAddress,
      fields: textMap(20, 500),
      secret: secretName,
      at: valuePath,
      lasts: duration,
      send: {
        oneOf: [
          object<{ as: 'bearer' }>({ as: choice<'bearer'>({ bearer: true }) }, {}),
          object<{ as: 'header' | 'body' | 'query'; name: string }>(
            { as: choice<'header' | 'body' | 'query'>({ header: true, body: true, query: true }), name: headerName },
            {},
          ),
        ],
      },
    },
    {
      secretField: text(100),
      username: text(200),
      encoding: choice<'json' | 'form'>({ json: true, form: true }),
    },
  ),
  mtls: object<Extract<Login, { kind: 'mtls' }>>({ kind: tag('mtls'), ...tlsRequired }, { ca: secretName }),
  webhook: object<Extract<Login, { kind: 'webhook' }>>(
    { kind: tag('webhook'), secrets: list(secretName, 2, { minItems: 1, uniqueItems: true }) },
    {},
  ),
});

/** How a partner is reached, and how it lets us in. */
export const endpoint = object<Endpoint>(
  { baseUrl: webAddress },
  { allowPrivate: yesNo, tls: object<ClientTls>(tlsRequired, { ca: secretName }), login },
);
