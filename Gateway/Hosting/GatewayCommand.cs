using System.CommandLine;
using Granary.Gateway.Access;
using Granary.Gateway.Configuration;
using Granary.Gateway.Health;
using Granary.Gateway.Tools;
using Granary.Hosting.Configuration;
using Granary.Tenants.Hosting;

namespace Granary.Gateway.Hosting;

/// <summary>The program: flags in, a gateway or a listing out. Other hosts run it with plug-ins of their own.</summary>
public static class GatewayCommand
{
    private const int UsageError = 2;

    /// <summary>Runs until the gateway stops.</summary>
    /// <returns>0 after an orderly stop, 1 when the gateway could not run, 2 when the command was not understood.</returns>
    public static async Task<int> RunAsync(string[] args, Action<IServiceCollection>? configure = null)
    {
        // Before the flags are read: what follows belongs to the other program, which also takes "-m provara.cli" as the reference's guide has it.
        if (args is ["provara" or "python", .. var rest])
            return await SiblingProgram.RunAsync("provara", rest);
        var flags = new CommandLine();
        var root = new RootCommand("Granary: an MCP gateway to signed vaults and to Instana.");
        foreach (var flag in flags.All)
            root.Options.Add(flag);
        var keys = new Command("keys", "API keys of clients, and the key-encryption key of vaults.") { RewrapCommand.Create() };
        foreach (var command in ApiKeyCommand.Create())
            keys.Subcommands.Add(command);
        root.Subcommands.Add(keys);
        root.Subcommands.Add(new Command("vaults", "Vaults in and out of a gateway's store.") { ImportCommand.Create(), ExportCommand.Create() });
        root.Subcommands.Add(TenantKeyCommand.Create());
        root.Subcommands.Add(UnitsCommand.Create());
        root.Subcommands.Add(HealthCommand.Create());
        root.Subcommands.Add(OperationsCommand.Create());
        root.SetAction((given, stop) => RunAsync(flags, given, configure, stop));
        // `@file` is an argument here, not a file of arguments.
        var parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (UsageErrors.Describe(parsed) is { Count: > 0 } problems)
        {
            foreach (var problem in problems)
                await Console.Error.WriteLineAsync($"Error: {problem}");
            await Console.Error.WriteLineAsync("See --help.");
            return UsageError;
        }
        // A gateway logs them. A command that writes into the wrong folder says so before it does; a probe runs every few seconds.
        if (parsed.CommandResult.Command.Parents.OfType<Command>().Any(above => above != root))
        {
            foreach (var sentence in UnknownSettings.Describe(UnknownSettings.OfProcess()))
                await Console.Error.WriteLineAsync($"Warning: {sentence}");
        }
        try
        {
            // The host handles signals itself: it has calls to finish.
            return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false });
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            await Console.Error.WriteLineAsync($"Error: this failed, and nobody foresaw how. {e.GetType().Name}: {e.Message} Please report this line together with the command.");
            return 1;
        }
    }

    private static async Task<int> RunAsync(CommandLine flags, ParseResult given, Action<IServiceCollection>? configure, CancellationToken stop)
    {
        try
        {
            var options = OptionsReader.Read(flags, given, Environment.GetEnvironmentVariable, UnknownSettings.OfProcess());
            if (options.Tools.Where(t => !GatewayOptions.Categories.Contains(t)).ToList() is { Count: > 0 } unknown)
            {
                await Console.Error.WriteLineAsync(
                    $"Error: Unknown category/categories: {string.Join(", ", unknown)}. Available categories: {string.Join(", ", GatewayOptions.Categories)}");
                return UsageError;
            }
            if (given.GetValue(flags.ListTools))
                return await ListToolsAsync(options, configure);
            // Taken before anything is served: two gateways on one folder would both say that they are ready.
            using var data = options.Shape == Shape.Standalone ? DataFolder.Take(options.DataFolder) : null;
            if (options.OverStdio)
            {
                await StdioHost.RunAsync(options, configure, stop);
                return 0;
            }
            await using var app = GatewayHost.Build(options, configure);
            var redis = app.Services.GetService<RedisStart>();
            await app.RunAsync(stop);
            return redis?.Refusal is null ? 0 : 1;
        }
        catch (InvalidDataException e)
        {
            await Console.Error.WriteLineAsync($"Error: {e.Message}");
            return UsageError;
        }
        catch (IOException e)
        {
            await Console.Error.WriteLineAsync($"Error: {e.Message}");
            return 1;
        }
        catch (UnauthorizedAccessException e)
        {
            await Console.Error.WriteLineAsync($"Error: {e.Message}");
            return 1;
        }
    }

    private static async Task<int> ListToolsAsync(GatewayOptions options, Action<IServiceCollection>? configure)
    {
        await using var app = GatewayHost.Build(options with { Host = "127.0.0.1", Port = 0 }, configure);
        var tools = app.Services.GetServices<ITool>().ToList();
        foreach (var category in GatewayOptions.Categories)
        {
            var names = tools.Where(t => t.Categories.Contains(category)).Select(t => t.Definition.Name).Order(StringComparer.Ordinal);
            await Console.Error.WriteLineAsync($"{category}: {string.Join(", ", names.DefaultIfEmpty("-"))}");
        }
        return 0;
    }
}
