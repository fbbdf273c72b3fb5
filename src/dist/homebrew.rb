# The formula of Homebrew. src/dist/package fills in version and sums; JReleaser puts it into the tap.
class JetFanout < Formula
  desc "Pushes a playbook to thousands of hosts through worker machines, over SSH"
  homepage "https://jet-fanout.example"
  version "@VERSION@"
  license "Apache-2.0"

  # Linux gets the archive with a runtime, macOS the one for its own Java
  on_macos do
    url "@URL@/jet-fanout-@VERSION@.tar.gz"
    sha256 "@PLAIN@"
    depends_on "openjdk"
  end

  on_linux do
    depends_on arch: :x86_64
    url "@URL@/jet-fanout-@VERSION@-linux-x64.tar.gz"
    sha256 "@LINUX@"
  end

  def install
    libexec.install Dir["*"]
    if OS.mac?
      (bin/"jet-fanout").write_env_script libexec/"bin/jet-fanout", JAVA_HOME: Formula["openjdk"].opt_prefix
    else
      bin.install_symlink libexec/"bin/jet-fanout"
    end
    man1.install_symlink Dir[libexec/"share/man/man1/*"]
    bash_completion.install_symlink libexec/"share/completions/jet-fanout.bash" => "jet-fanout"
    zsh_completion.install_symlink libexec/"share/completions/jet-fanout.zsh" => "_jet-fanout"
    fish_completion.install_symlink libexec/"share/completions/jet-fanout.fish"
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/jet-fanout --version")
  end
end
