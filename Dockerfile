# One static program, the roots that sign AWS, and nobody to be.
#   docker build --build-arg COMMIT=$(git rev-parse --short=12 HEAD) --build-arg DATE=$(git show -s --format=%cs) -t eksodus .
#   docker run --rm -v "$PWD:/work" eksodus plan --aws-auth aws-auth.yaml
FROM rust:1.94-alpine AS build
RUN apk add --no-cache musl-dev gcc make perl ca-certificates
WORKDIR /source
COPY Cargo.toml Cargo.lock build.rs clippy.toml ./
COPY src src
COPY benches benches
COPY tests tests
COPY docs docs
COPY fixtures/quickstart fixtures/quickstart
COPY README.md ./
ARG COMMIT=unknown DATE=unknown
ENV EKSODUS_COMMIT=$COMMIT EKSODUS_DATE=$DATE
RUN cargo build --locked --profile dist --bin eksodus && cp target/dist/eksodus /eksodus

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /eksodus /eksodus
ENV SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt
WORKDIR /work
USER 65532:65532
ENTRYPOINT ["/eksodus"]
