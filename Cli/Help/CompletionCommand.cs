using System.CommandLine;
using System.Text.Json.Nodes;
using Granary.Cli.Hosting;

namespace Granary.Cli.Help;

/// <summary>
/// <c>completion</c>: the script that makes a shell complete the command's words. Each asks the program itself, which answers the directive
/// <c>[suggest:POSITION]</c> with the words that fit, so a script need not be made anew for a newer program.
/// </summary>
internal sealed class CompletionCommand : CliCommand
{
    private const string Bash = """
        # provara: completion for bash. In ~/.bashrc: eval "$(provara completion bash)"
        _provara_complete() {
            local IFS=$'\n' word="${COMP_WORDS[COMP_CWORD]}"
            COMPREPLY=( $(compgen -W "$(provara "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)" -- "$word") )
        }
        complete -o default -o bashdefault -F _provara_complete provara
        """;

    private const string Zsh = """
        #compdef provara
        # provara: completion for zsh. Write it to a file _provara in a folder of $fpath.
        _provara() {
            local -a words_found
            words_found=("${(@f)$(provara "[suggest:${#BUFFER}]" "$BUFFER" 2>/dev/null)}")
            if [[ -n "$words_found" ]]; then compadd -- "${words_found[@]}"; else _files; fi
        }
        compdef _provara provara
        """;

    private const string Fish = """
        # provara: completion for fish. Write it to ~/.config/fish/completions/provara.fish
        complete -c provara -a '(set -l line (commandline -cp); provara "[suggest:"(string length -- $line)"]" "$line" 2>/dev/null)'
        """;

    private const string PowerShell = """
        # provara: completion for PowerShell. In $PROFILE: provara completion pwsh | Out-String | Invoke-Expression
        Register-ArgumentCompleter -Native -CommandName provara -ScriptBlock {
            param($word, $line, $position)
            provara "[suggest:$position]" "$line" 2>$null | Where-Object { $_ -like "$word*" } |
                ForEach-Object { [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_) }
        }
        """;

    private readonly Argument<string> _shell;

    public CompletionCommand() : base("completion", "Prints the script that makes a shell complete commands, options and their words with Tab.")
    {
        _shell = WithArgument("SHELL", "bash, zsh, fish or pwsh");
        _shell.AcceptOnlyFromAmong("bash", "zsh", "fish", "pwsh");
    }

    public override Task<Outcome> RunAsync(Run run, CancellationToken cancellation)
    {
        var shell = run.Get(_shell);
        var script = shell switch
        {
            "bash" => Bash,
            "zsh" => Zsh,
            "fish" => Fish,
            _ => PowerShell,
        };
        return Task.FromResult(new Outcome(new JsonObject { ["shell"] = shell, ["script"] = script }, screen => screen.Document(script)));
    }
}
