# syntax=docker/dockerfile:1
FROM rust:1-bookworm AS build
WORKDIR /build
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/build/target \
    cargo build --release --locked --bin sportello \
    && install -D target/release/sportello /out/sportello

# Root certificates and time zones are inside the binary: nothing to install.
FROM debian:bookworm-slim
RUN useradd --system --uid 10001 --home-dir /var/lib/sportello --create-home sportello
COPY --from=build /out/sportello /usr/local/bin/sportello
COPY LICENSE /usr/share/doc/sportello/LICENSE
# The SQLite file lands here unless SPORTELLO__DATABASE__URL says otherwise.
WORKDIR /var/lib/sportello
VOLUME /var/lib/sportello
USER sportello
ENV SPORTELLO__HTTP__LISTEN=0.0.0.0:8080
EXPOSE 8080
ENTRYPOINT ["sportello"]
CMD ["serve"]
