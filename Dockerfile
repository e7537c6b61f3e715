# One image for every process of the hub: `docker run lienthong intake`, `… delivery`, `… cli doctor`; docs/containers.md.
# The base image may be a mirror's: --build-arg NODE_IMAGE=registry.example/node:24-bookworm-slim
ARG NODE_IMAGE=node:24-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /lienthong
COPY package.json package-lock.json .npmrc ./
RUN npm ci --include=dev --loglevel=error
COPY .swcrc ./
COPY deploy/local deploy/local
COPY apps apps
COPY libs libs
RUN node deploy/local/build.mjs && find dist -name '*.map' -delete

# What runs: no compiler, no test, no PostgreSQL or Node of npm's (optional packages, for `npm start` alone).
FROM ${NODE_IMAGE} AS modules
WORKDIR /lienthong
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --omit=optional --loglevel=error

FROM ${NODE_IMAGE}
ENV NODE_ENV=production \
    LIENTHONG_HOST=0.0.0.0 \
    LIENTHONG_AGENCIES_DIR=/lienthong/deploy/provinces/demo/agencies \
    LIENTHONG_SECRETS_DIR=/var/lib/lienthong/secrets \
    LIENTHONG_BOOKS_DIR=/var/lib/lienthong/books
WORKDIR /lienthong
# A volume laid over one of these takes their owner over.
RUN mkdir -p "$LIENTHONG_SECRETS_DIR" "$LIENTHONG_BOOKS_DIR" && chmod 700 "$LIENTHONG_SECRETS_DIR" && chown -R node:node /var/lib/lienthong
COPY --from=modules /lienthong/node_modules node_modules
COPY package.json ./
COPY deploy/image deploy/image
COPY deploy/provinces deploy/provinces
COPY deploy/calendars deploy/calendars
COPY deploy/reports deploy/reports
COPY --from=build /lienthong/dist dist
USER node
# 8080 console, 8081 intake, 8082 delivery, 8083 reconciliation, 8090 sandbox
EXPOSE 8080 8081 8082 8083 8090
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["node", "deploy/image/healthy.mjs"]
ENTRYPOINT ["node", "--disable-warning=TimeoutNegativeWarning", "deploy/image/run.mjs"]
