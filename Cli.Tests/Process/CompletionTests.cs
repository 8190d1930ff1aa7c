using System.Diagnostics;
using Granary.Cli.Tests.Support;

namespace Granary.Cli.Tests.Process;

/// <summary>Completion as a shell uses it.</summary>
public sealed class CompletionTests
{
    [Theory]
    [InlineData("provara ver", "verify verify-timestamps verify-anchor")]
    [InlineData("provara verify notes --m", "--mode")]
    [InlineData("provara verify notes --mode ", "strict compatible")]
    [InlineData("provara proof inc", "inclusion")]
    [InlineData("provara completion ", "bash zsh fish pwsh")]
    public async Task Words_are_completed_in_bash(string line, string expected)
    {
        if (!File.Exists("/bin/bash"))
            return;
        using var desk = new Desk();
        var bin = desk.At("bin");
        Directory.CreateDirectory(bin);
        File.CreateSymbolicLink(Path.Combine(bin, "provara"), Path.Combine(AppContext.BaseDirectory, "provara"));
        // What readline does: set the line, call the function that `complete` has named, read its answer.
        var script = $$"""
            eval "$(provara completion bash)"
            COMP_LINE='{{line}}'; COMP_POINT=${#COMP_LINE}
            read -ra COMP_WORDS <<< "$COMP_LINE"
            if [[ "$COMP_LINE" == *' ' ]]; then COMP_WORDS+=(''); fi
            COMP_CWORD=$(( ${#COMP_WORDS[@]} - 1 ))
            [[ "$(complete -p provara)" == *_provara_complete* ]] && _provara_complete
            printf '%s\n' "${COMPREPLY[@]}"
            """;
        var start = new ProcessStartInfo("/bin/bash", ["-c", script]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PATH"] = bin + ":" + Environment.GetEnvironmentVariable("PATH");
        start.Environment["DOTNET_ROOT"] = Path.GetDirectoryName(Environment.ProcessPath);
        using var shell = System.Diagnostics.Process.Start(start)!;
        var found = await shell.StandardOutput.ReadToEndAsync();
        var error = await shell.StandardError.ReadToEndAsync();
        await shell.WaitForExitAsync();
        var words = found.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        expected.Split(' ').ShouldBeSubsetOf(words, error);
        words.ShouldAllBe(word => word.StartsWith(line.Substring(line.LastIndexOf(' ') + 1), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("zsh", "#compdef provara")]
    [InlineData("fish", "complete -c provara")]
    [InlineData("pwsh", "Register-ArgumentCompleter")]
    public async Task Other_shells_get_a_script_of_their_own(string shell, string expected) =>
        (await Provara.RunAsync("completion", shell)).Succeeded().Output.ShouldContain(expected);

    [Fact]
    public async Task A_shell_that_is_not_known_is_told_which_are() =>
        (await Provara.RunAsync("completion", "tcsh")).Failed(2).Error.ShouldContain("pwsh");
}
