using Granary.Scenarios.Results;

namespace Granary.Scenarios.Setup;

/// <summary>What the command line asks for.</summary>
internal sealed record Options
{
    private const int LastPort = 65476;
    public const string Usage = """
        Usage: deploy/scenarios [options] [name...]

          --long             the full forms instead of the short ones
          --shape SHAPE      cluster or standalone (default: cluster)
          --no-build         run the Release builds as they are
          --port P           the endpoint; the processes take ports up to P+59   (default: the first free ones from 18080)
          --logs DIR         details of each scenario                            (default: artifacts/scenarios)
          --list             the names
        """;

    /// <summary>The scenarios by name; empty for all that apply.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>Whether to run the full forms.</summary>
    public bool Long { get; init; }

    /// <summary>The shape; null for a cluster.</summary>
    public string? Shape { get; init; }

    /// <summary>Whether to build the programs first.</summary>
    public bool Build { get; init; } = true;

    /// <summary>The endpoint's port; null for the first that is free.</summary>
    public int? Port { get; init; }

    /// <summary>The folder for details; null for the default.</summary>
    public string? Logs { get; init; }

    /// <summary>Whether to list the names only.</summary>
    public bool List { get; init; }

    /// <summary>Reads the command line.</summary>
    /// <exception cref="ScenarioException">It is wrong, or asks for help.</exception>
    public static Options Parse(string[] args)
    {
        var names = new List<string>();
        var options = new Options();
        for (var i = 0; i < args.Length; i++)
        {
            options = args[i] switch
            {
                "--long" => options with { Long = true },
                "--shape" => options with { Shape = Shaped(Value(args, ref i)) },
                "--no-build" => options with { Build = false },
                "--port" => options with { Port = PortNumber(Value(args, ref i)) },
                "--logs" => options with { Logs = Path.GetFullPath(Value(args, ref i)) },
                "--list" => options with { List = true },
                ['-', ..] => throw new ScenarioException($"Unknown option {args[i]}.\n\n{Usage}"),
                var name => Add(options, name),
            };
        }
        return options with { Names = names };

        Options Add(Options same, string name)
        {
            names.Add(name);
            return same;
        }
    }

    private static string Value(string[] args, ref int i) =>
        ++i < args.Length ? args[i] : throw new ScenarioException($"{args[i - 1]} needs a value.\n\n{Usage}");

    private static string Shaped(string text) =>
        text is "cluster" or "standalone" ? text : throw new ScenarioException($"--shape is cluster or standalone; it is '{text}'.");

    private static int PortNumber(string text) => int.TryParse(text, out var port) && port is >= 1024 and <= LastPort
        ? port
        : throw new ScenarioException($"--port is a number from 1024 to {LastPort}; it is '{text}'.");
}
