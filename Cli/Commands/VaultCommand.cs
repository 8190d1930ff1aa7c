using System.CommandLine;
using Granary.Cli.Hosting;
using Granary.Cli.Remote;
using Granary.Cli.Vaults;

namespace Granary.Cli.Commands;

/// <summary>A command on the vault at <c>PATH</c>.</summary>
internal abstract class VaultCommand : CliCommand
{
    private readonly Argument<string> _path;

    protected VaultCommand(string name, string description) : base(name, description) =>
        _path = WithArgument("PATH", "The vault's folder");

    protected VaultPlace Place(Run run) => VaultPlace.At(run.Get(_path));
}

/// <summary>A command on the vault at <c>PATH</c>, or on one behind a gateway.</summary>
internal abstract class ReachableCommand : CliCommand
{
    private readonly Argument<string?> _path = new("PATH") { Description = "The vault's folder, or its name with --gateway", Arity = ArgumentArity.ZeroOrOne };

    protected ReachableCommand(string name, string description) : base(name, description)
    {
        Arguments.Add(_path);
        GatewayOptions.AddTo(this);
    }

    public sealed override async Task<Outcome> RunAsync(Run run, CancellationToken cancellation)
    {
        var path = run.GetOptional(_path);
        using var remote = GatewayOptions.Open(run, path);
        if (remote is not null)
            return await RunAsync(remote, run, cancellation);
        if (path is null)
            throw new UsageException("Name the vault's folder as PATH, or a gateway with --gateway URL.");
        return await RunAsync(VaultPlace.At(path), run, cancellation);
    }

    protected abstract Task<Outcome> RunAsync(VaultPlace place, Run run, CancellationToken cancellation);

    protected abstract Task<Outcome> RunAsync(RemoteVault remote, Run run, CancellationToken cancellation);
}
