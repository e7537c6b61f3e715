import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { eventTypes, payloadSchemas, publishedSchemas, secondTypes } from '#wire';
import { payloadName } from './answers.js';

type Components = NonNullable<OpenAPIObject['components']>;

/** /docs for people, /docs-json and /docs-yaml for machines; payloads are the very schemas that are checked. */
export function describeApi(app: NestFastifyApplication): void {
  const frame = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Liên Thông /v1')
    .setDescription(
      'Hồ sơ nhập một lần, đến mọi hệ thống cần biết. · A case is entered once and reaches every system that must know it.\n\n' +
        'Lỗi theo RFC 9457 (application/problem+json), tiếng Việt hoặc tiếng Anh theo Accept-Language. · Errors are RFC 9457 problems, in Vietnamese or English by Accept-Language.',
    )
    .setVersion('1')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'Khóa của cơ quan · The agency’s key' })
    .build();
  SwaggerModule.setup('docs', app, () => withPayloads(SwaggerModule.createDocument(app, frame)), {
    customSiteTitle: 'Liên Thông /v1',
  });
}

function withPayloads(document: OpenAPIObject): OpenAPIObject {
  const payloads = eventTypes.map((type) => {
    const { $schema: _dialect, $id: _id, ...schema } = payloadSchemas[type];
    return [payloadName(type), schema] as const;
  });
  const seconds = secondTypes.map((type) => {
    const { $schema: _dialect, $id: _id, ...schema } = publishedSchemas[type];
    return [type.slice('vn.lienthong.'.length), schema] as const;
  });
  const schemas = { ...document.components?.schemas, ...Object.fromEntries([...payloads, ...seconds]) } as NonNullable<
    Components['schemas']
  >;
  return { ...document, components: { ...document.components, schemas } };
}
