class Eksodus < Formula
  desc "Migrate EKS from aws-auth to access entries, proving who keeps or loses access"
  homepage "@HOMEPAGE@"
  version "@VERSION@"
  license any_of: ["Apache-2.0", "MIT"]

  on_macos do
    on_arm do
      url "@URL:aarch64-apple-darwin@"
      sha256 "@SHA256:aarch64-apple-darwin@"
    end
    on_intel do
      url "@URL:x86_64-apple-darwin@"
      sha256 "@SHA256:x86_64-apple-darwin@"
    end
  end

  on_linux do
    on_arm do
      url "@URL:aarch64-unknown-linux-musl@"
      sha256 "@SHA256:aarch64-unknown-linux-musl@"
    end
    on_intel do
      url "@URL:x86_64-unknown-linux-musl@"
      sha256 "@SHA256:x86_64-unknown-linux-musl@"
    end
  end

  def install
    bin.install "eksodus"
    generate_completions_from_executable(bin/"eksodus", "completions", shells: [:bash, :zsh, :fish])
    (man1/"eksodus.1").write Utils.safe_popen_read(bin/"eksodus", "man")
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/eksodus --version")
    system bin/"eksodus", "demo", testpath/"demo"
  end
end
