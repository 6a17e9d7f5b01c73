# Debian's chromium for the browser tests. Without one they are skipped with that reason.

have_chromium() {
  command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null
}

install_chromium() {
  if ! have_chromium && command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq >/dev/null 2>&1
    apt-get install -y -qq --no-install-recommends chromium fonts-liberation >/dev/null 2>&1
  fi
  if have_chromium; then
    echo "chromium: $(command -v chromium || command -v chromium-browser || command -v google-chrome)"
  else
    echo "chromium: not installed and cannot be; its tests will be skipped"
  fi
}
