namespace Granary.Bench.Setup;

/// <summary>What the command line asks for.</summary>
internal sealed record BenchOptions
{
    private const string Usage = """
        Usage: dotnet run -c Release --project Bench -- <scenario>...|all [options]

          --write            put the sections into Bench/RESULTS.md
          --quick            shorter and fewer repeats: for a look, not for the record
          --no-build         measure the Release builds as they are
          --gateway DLL      the gateway                      (default: its Release build)
          --tools DLL        a server that has the stub tool  (default: the Release build of Conformance.Tests)
          --tool NAME        the stub tool                    (default: test_simple_text)
          --data-root DIR    where vaults go                  (default: artifacts/bench)
          --baseline DIR     the checkout of another commit with Release builds, for vault-builds
          --server-args ARGS more arguments for both, separated by spaces
        """;

    /// <summary>The scenarios by name, in the order given; empty for all.</summary>
    public IReadOnlyList<string> Scenarios { get; init; } = [];

    /// <summary>Whether to write RESULTS.md.</summary>
    public bool Write { get; init; }

    /// <summary>Whether to be short.</summary>
    public bool Quick { get; init; }

    /// <summary>Whether to build what is measured first.</summary>
    public bool Build { get; init; } = true;

    /// <summary>The gateway's assembly.</summary>
    public string? Gateway { get; init; }

    /// <summary>The assembly of a server with the stub tool.</summary>
    public string? Tools { get; init; }

    /// <summary>The stub tool.</summary>
    public string Tool { get; init; } = "test_simple_text";

    /// <summary>The checkout of another commit, to be measured beside this one.</summary>
    public string? Baseline { get; init; }

    /// <summary>The folder for vaults: the disk that is measured.</summary>
    public string? DataRoot { get; init; }

    /// <summary>More arguments for the servers.</summary>
    public IReadOnlyList<string> ServerArguments { get; init; } = [];

    /// <summary>As it was typed, for the record, without the folders of the machine.</summary>
    public string CommandLine { get; init; } = "";

    /// <summary>How often each variant is measured.</summary>
    public int Repeats => Quick ? 3 : 5;

    /// <summary>How long one measurement takes.</summary>
    public TimeSpan Duration => TimeSpan.FromSeconds(Quick ? 2 : 10);

    /// <summary>How long one measurement takes where there are many.</summary>
    public TimeSpan ShortDuration => TimeSpan.FromSeconds(Quick ? 2 : 5);

    /// <summary>How long each variant runs unmeasured first.</summary>
    public TimeSpan WarmUp => TimeSpan.FromSeconds(Quick ? 2 : 5);

    /// <summary>Reads the command line.</summary>
    /// <exception cref="BenchException">It is wrong, or asks for help.</exception>
    public static BenchOptions Parse(string[] args)
    {
        var scenarios = new List<string>();
        var typed = string.Join(' ', args.SelectMany(a => a.Split(' ')).Select(Path.GetFileName));
        var options = new BenchOptions { CommandLine = $"dotnet run -c Release --project Bench -- {typed}" };
        for (var i = 0; i < args.Length; i++)
        {
            options = args[i] switch
            {
                "--write" => options with { Write = true },
                "--quick" => options with { Quick = true },
                "--no-build" => options with { Build = false },
                "--gateway" => options with { Gateway = Value(args, ref i) },
                "--tools" => options with { Tools = Value(args, ref i) },
                "--tool" => options with { Tool = Value(args, ref i) },
                "--data-root" => options with { DataRoot = Value(args, ref i) },
                "--baseline" => options with { Baseline = Value(args, ref i) },
                "--server-args" => options with { ServerArguments = Value(args, ref i).Split(' ', StringSplitOptions.RemoveEmptyEntries) },
                "all" => options,
                ['-', ..] => throw new BenchException($"Unknown option {args[i]}.\n\n{Usage}"),
                _ => Add(options, args[i]),
            };
        }
        return args.Length == 0 ? throw new BenchException(Usage) : options with { Scenarios = scenarios };

        BenchOptions Add(BenchOptions same, string scenario)
        {
            scenarios.Add(scenario);
            return same;
        }
    }

    private static string Value(string[] args, ref int i) =>
        ++i < args.Length ? args[i] : throw new BenchException($"{args[i - 1]} needs a value.\n\n{Usage}");
}
