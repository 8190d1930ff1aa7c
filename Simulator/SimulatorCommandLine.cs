using System.Globalization;
using System.Net;
using System.Text.Json;
using Granary.Simulator.Access;
using Granary.Simulator.Setup;

namespace Granary.Simulator;

/// <summary>Reads the flags; each takes one value.</summary>
internal static class SimulatorCommandLine
{
    public const string Usage = "Usage: dotnet run --project Simulator -- [--port 8090] [--host 127.0.0.1] [--seed 1] [--hosts 3] [--token secret] [--tokens FILE]\n"
        + "       [--calls-per-hour 10000] [--infra-calls-per-hour 1000] [--openapi FILE [--overlay FILE]]";

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
        // An overlay lies over a document.
        return options is { Overlay: not null, OpenApi: null } ? null : options;
    }

    private static SimulatorOptions? Apply(SimulatorOptions options, string name, string value) => name switch
    {
        "--port" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= 65535 => options with { Port = port },
        "--seed" when ulong.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seed) => options with { Seed = seed },
        "--token" when value.Length > 0 => options with { Token = value },
        "--host" when IPAddress.TryParse(value, out var address) => options with { Address = address },
        "--hosts" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var hosts) && hosts is >= 3 and <= 100_000 =>
            options with { Hosts = hosts },
        "--calls-per-hour" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var calls) => options with { CallsPerHour = calls },
        "--infra-calls-per-hour" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var searches) =>
            options with { InfraCallsPerHour = searches },
        "--openapi" when File.Exists(value) => options with { OpenApi = value },
        "--overlay" when File.Exists(value) => options with { Overlay = value },
        "--tokens" when File.Exists(value) && Tokens(value) is { } tokens => options with { Tokens = tokens },
        _ => null,
    };

    private static IReadOnlyList<TokenRule>? Tokens(string file)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(file));
            return [.. TokenTable.Read(document.RootElement)];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            return null;
        }
    }
}
