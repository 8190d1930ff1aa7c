using System.CommandLine;
using System.Globalization;
using Granary.Grains.Redis;
using Granary.Vault.Keys;
using Granary.Vault.Redis.Connections;
using StackExchange.Redis;

namespace Granary.Gateway.Hosting;

/// <summary><c>keys rewrap</c>: the last step of rotating the key-encryption key.</summary>
internal static class RewrapCommand
{
    public static Command Create()
    {
        var command = new Command(
            "rewrap",
            "Wrap every secret in GRANARY_REDIS again with the first key of GRANARY_KEK (GRANARY_KEK_FILE), so that the keys behind it can go.");
        command.SetAction((_, stop) => RunAsync(Environment.GetEnvironmentVariable, Console.Out, Console.Error, stop));
        return command;
    }

    /// <summary>0: every secret is wrapped with the first key now. 1: some are not. 2: the settings cannot be used.</summary>
    internal static Task<int> RunAsync(Func<string, string?> environment, TextWriter output, TextWriter errors, CancellationToken cancellation) =>
        RedisCommand.RunAsync(environment, errors, async (settings, link) =>
        {
            var report = await new RedisMaintenance(link, settings).RewrapAsync(cancellation);
            var session = await RewrapSessionsAsync(link, settings.Keys!);
            foreach (var failure in report.Failures)
                await errors.WriteLineAsync($"Error: {failure}");
            await output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"{report.Secrets} secrets of vaults and tenants seen, {report.Rewrapped} wrapped again, {report.Failures.Count} left as they are; the sessions' key {session}."));
            return report.Failures.Count == 0 ? 0 : 1;
        });

    private static async Task<string> RewrapSessionsAsync(RedisLink link, KeyRing keys)
    {
        var key = SharedRing.KeyIn(link);
        if ((byte[]?)await link.Database.StringGetAsync(key, CommandFlags.DemandMaster) is not { } wrapped)
            return "is not in Redis";
        if (keys.Rewrap(wrapped, SharedRing.Purpose) is not { } again)
            return "was wrapped with the first key already";
        // Nothing but this command ever replaces it.
        await link.Database.StringSetAsync(key, again, null, When.Exists);
        return "was wrapped again";
    }
}
