# The one binary and nothing else: zone data is in it, certificates lie beside it.
FROM golang:1.26.8 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=unknown
RUN CGO_ENABLED=0 go build -buildvcs=false -trimpath -tags nomsgpack \
      -ldflags "-s -w -X main.built=${VERSION}" -o /out/wattle ./cmd/wattle \
 && mkdir /out/data

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build --chown=65532:65532 /out/data /data
COPY --from=build /out/wattle /wattle
USER 65532:65532
ENV WATTLE_ENV=production WATTLE_ADDR=0.0.0.0:8080 WATTLE_DATA=/data
VOLUME /data
EXPOSE 8080
ENTRYPOINT ["/wattle"]
CMD ["serve"]
