using System.CommandLine;
using System.Text.Json.Nodes;
using Granary.Cli.Hosting;
using Granary.Spelling;

namespace Granary.Cli.Remote;

/// <summary>The options that turn a command from a folder to a vault behind a gateway.</summary>
internal static class RemoteOptions
{
    public static readonly Option<string?> Gateway = new("--gateway")
    {
        Description = "Work on a vault of this gateway instead of a folder; PATH is then the vault's name",
        HelpName = "URL",
    };

    public static readonly Option<string?> ApiKey = new("--api-key") { Description = "The gateway's API key (PROVARA_API_KEY)", HelpName = "KEY" };

    public static readonly Option<string?> Vault = new("--vault") { Description = "The vault's name at the gateway, in place of PATH", HelpName = "NAME" };

    private const string KeyVariable = "PROVARA_API_KEY";

    public static void AddTo(Command command)
    {
        command.Options.Add(Gateway);
        command.Options.Add(ApiKey);
        command.Options.Add(Vault);
    }

    /// <summary>The vault at a gateway that the command line names, or null where it names a folder.</summary>
    public static RemoteVault? Open(Run run, string? path)
    {
        var name = run.Get(Vault) ?? path;
        if (run.Get(Gateway) is not { } url)
        {
            return run.Get(Vault) is not null || run.Get(ApiKey) is not null
                ? throw new UsageException("--vault and --api-key go with --gateway URL.")
                : null;
        }
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            throw new UsageException($"--gateway takes an http or https URL, for example http://127.0.0.1:8080; it is '{url}'.");
        if (name is null)
            throw new UsageException("Name the vault at the gateway: as PATH, or with --vault NAME.");
        var endpoint = address.AbsolutePath == "/" ? new Uri(address, "/mcp") : address;
        var key = run.Get(ApiKey) ?? run.Host.Environment(KeyVariable);
        if (key is null && run.Host.VariableNames().FirstOrDefault(IsSlip) is { } slip)
            run.Warn($"{slip} is set, and provara reads no such variable; did you mean {KeyVariable}?");
        var client = new ToolClient(run.Host.Http(), endpoint, key);
        return new RemoteVault(client, name, run);
    }

    // GRANARY_API_KEYS is no slip: it names the gateway's own file of keys.
    private static bool IsSlip(string variable) =>
        variable is "GRANARY_API_KEY" || (variable.StartsWith("PROVARA_", StringComparison.OrdinalIgnoreCase) && NearestName.Of(variable, [KeyVariable]) is not null);
}

/// <summary>A vault at a gateway.</summary>
internal sealed class RemoteVault(ToolClient client, string name, Run run) : IDisposable
{
    public string Name => name;

    /// <summary>Calls a tool on the vault, which most tools know as <c>vault_path</c>.</summary>
    public Task<JsonObject> CallAsync(string tool, JsonObject? arguments, CancellationToken cancellation, string parameter = "vault_path")
    {
        var all = arguments ?? [];
        all[parameter] = name;
        return run.Tracker.RunAsync($"{tool} at the gateway", 100, progress => client.CallAsync(tool, all, new Percent(progress), cancellation));
    }

    public void Dispose() => client.Dispose();

    private sealed class Percent(IProgress<long> inner) : IProgress<(double Done, double? Total)>
    {
        public void Report((double Done, double? Total) value)
        {
            if (value.Total is > 0)
                inner.Report((long)(100 * value.Done / value.Total.Value));
        }
    }
}
