using System.Globalization;
using System.Net;

namespace Granary.Simulator;

/// <summary>Reads <c>--port</c>, <c>--seed</c>, <c>--token</c> and <c>--host</c>.</summary>
internal static class CommandLine
{
    public const string Usage = "Usage: dotnet run --project Simulator -- [--port 8090] [--seed 1] [--token secret] [--host 127.0.0.1]";

    /// <returns>The options; null when the arguments cannot be read.</returns>
    public static SimulatorOptions? Read(IReadOnlyList<string> arguments)
    {
        var options = new SimulatorOptions { Logging = true };
        for (var i = 0; i < arguments.Count; i += 2)
        {
            if (i + 1 >= arguments.Count || Apply(options, arguments[i], arguments[i + 1]) is not { } next)
                return null;
            options = next;
        }
        return options;
    }

    private static SimulatorOptions? Apply(SimulatorOptions options, string name, string value) => name switch
    {
        "--port" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= 65535 => options with { Port = port },
        "--seed" when ulong.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seed) => options with { Seed = seed },
        "--token" when value.Length > 0 => options with { Token = value },
        "--host" when IPAddress.TryParse(value, out var address) => options with { Address = address },
        _ => null,
    };
}
