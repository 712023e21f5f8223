# The image of Jalon: one binary, no root, no shell needed to run it. What it is given at run time is in docker-compose.yml.

FROM rust:1.95-slim-bookworm AS build
# The C of SQLite, aws-lc and mimalloc needs the compiler that this image has, and neither cmake nor bindgen.
WORKDIR /src
COPY . .
# A panic names its line without line tables; they would be most of the image.
ENV CARGO_PROFILE_RELEASE_DEBUG=0
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target,sharing=locked \
    cargo build --release --locked -p api && cp target/release/jalon /usr/local/bin/jalon

# The same Debian as the image above: the binary asks for its C library and nothing else. Certificates and time zones are
# compiled in.
FROM debian:bookworm-slim
# A number, so that an orchestrator can see that it is not root. The directories exist here because a new volume takes the
# owner of what it covers.
RUN install -d -m 0700 -o 10001 -g 10001 /var/lib/jalon /var/lib/jalon-keys
COPY --from=build /usr/local/bin/jalon /usr/local/bin/jalon
USER 10001:10001
ENV JALON_DATA_DIR=/var/lib/jalon \
    JALON_LISTEN=0.0.0.0:8080
EXPOSE 8080
# /livez of JALON_LISTEN, asked by the binary itself.
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 CMD ["jalon", "health"]
ENTRYPOINT ["jalon"]
CMD ["serve"]
