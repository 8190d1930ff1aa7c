using System.CommandLine;
using Granary.Cli.Hosting;
using Granary.Vault.Transparency;

namespace Granary.Cli.Commands.Tlog;

/// <summary><c>--witness</c> and how many of them must have signed, and how long ago at most.</summary>
internal sealed class WitnessOptions
{
    private readonly Option<string[]> _keys;
    private readonly Option<int?> _needed;
    private readonly Option<int?> _age;

    public WitnessOptions(Func<Option, Option> add)
    {
        _keys = new Option<string[]>("--witness")
        {
            Description = "A witness's verifier key whose signature is demanded; may be given several times",
            HelpName = "VKEY",
        };
        _needed = NumberOption.Optional<int>("--witnesses-needed", "How many of them must have signed; all without it", "N");
        _age = NumberOption.Optional<int>("--witness-age", "How many hours old the youngest needed signature may be; any age without it", "HOURS");
        foreach (var option in (Option[])[_keys, _needed, _age])
            add(option);
    }

    public bool Asks(Run run) => run.Get(_keys) is { Length: > 0 };

    /// <summary>What is missing of a note's witnesses, each a sentence.</summary>
    public IReadOnlyList<string> Problems(Run run, SignedNote note)
    {
        var keys = (run.Get(_keys) ?? []).Select(text => TlogOptions.Key(text, NoteKeyKind.Witness)).DistinctBy(key => key.Key.KeyId).ToList();
        var needed = run.Get(_needed) ?? keys.Count;
        if (needed > keys.Count || needed < 0)
            throw new UsageException($"--witnesses-needed asks for {needed}, and {keys.Count} --witness are given.");
        return WitnessPolicy.Problems(note, keys, needed, run.Get(_age) is { } hours ? TimeSpan.FromHours(hours) : null, run.Time.GetUtcNow());
    }
}
