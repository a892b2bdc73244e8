# The image of spconform: its static binary and nothing else. Build the binary first:
#
#   CGO_ENABLED=0 go build -trimpath -ldflags='-s -w' -o spconform ./cmd/spconform
#   docker build -t spconform .
#
# Without arguments it serves the reference registry on port 8080, with the participants and records of
# the folder that SPCONFORM_FIXTURES names. Every other command is given as arguments:
#
#   docker run --rm -v "$PWD:/work" --user "$(id -u)" spconform run --target http://registry:8080
FROM scratch
COPY spconform /bin/spconform
USER 65532:65532
WORKDIR /work
EXPOSE 8080
ENTRYPOINT ["/bin/spconform"]
CMD ["serve", "--addr", "0.0.0.0:8080"]
