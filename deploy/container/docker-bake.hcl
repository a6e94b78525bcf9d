# The image for several kinds of processor:
#
#   docker buildx bake -f deploy/container/docker-bake.hcl --push
#
# With the same commit, and the base images pinned by digest (BASE, RUST), the result is the same byte by byte.

variable "IMAGE" { default = "frontdesk" }
variable "VERSION" { default = "0.1.0" }
variable "REVISION" { default = "unknown" }
variable "RUST" { default = "rust:1.95-bookworm" }
variable "BASE" { default = "gcr.io/distroless/static-debian12:nonroot" }

# Seconds since 1970 of the commit: `git log -1 --format=%ct`. Layers and labels have this date.
variable "SOURCE_DATE_EPOCH" { default = "0" }

target "default" {
  context    = "."
  dockerfile = "deploy/container/Dockerfile"
  platforms  = ["linux/amd64", "linux/arm64"]
  tags       = ["${IMAGE}:${VERSION}", "${IMAGE}:latest"]
  args = {
    RUST              = RUST
    BASE              = BASE
    VERSION           = VERSION
    REVISION          = REVISION
    CREATED           = timeadd("1970-01-01T00:00:00Z", "${SOURCE_DATE_EPOCH}s")
    SOURCE_DATE_EPOCH = SOURCE_DATE_EPOCH
  }
  attest = ["type=provenance,mode=max", "type=sbom"]
}
