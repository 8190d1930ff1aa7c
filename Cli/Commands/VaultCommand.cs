using System.CommandLine;
using Granary.Cli.Hosting;
using Granary.Cli.Remote;
using Granary.Cli.Vaults;

namespace Granary.Cli.Commands;

/// <summary>A command on the vault at <c>PATH</c>.</summary>
internal abstract class VaultCommand : CliCommand
{
    private readonly Argument<string?> _path;
    private readonly Option<string?>? _named;

    /// <param name="name">Its name.</param>
    /// <param name="description">What it does.</param>
    /// <param name="takesMore">Whether further arguments follow, so that PATH cannot be left out for <c>--path</c>.</param>
    protected VaultCommand(string name, string description, bool takesMore = false) : base(name, description)
    {
        _path = new Argument<string?>("PATH")
        {
            Description = "The vault's folder",
            Arity = takesMore ? ArgumentArity.ExactlyOne : ArgumentArity.ZeroOrOne,
        };
        Arguments.Add(_path);
        if (!takesMore)
            _named = With(PathOption.Create());
    }

    protected VaultPlace Place(Run run) => VaultPlace.At(
        PathOption.Choose(run, _path, _named) ?? throw new UsageException("Name the vault's folder: as PATH, or with --path PATH."));
}

/// <summary><c>--path</c>, as guides of the reference write it, for the argument PATH.</summary>
internal static class PathOption
{
    public static Option<string?> Create() => new("--path") { Description = "The same as PATH", HelpName = "PATH" };

    /// <summary>What was given in either way, or null.</summary>
    public static string? Choose(Run run, Argument<string?> argument, Option<string?>? option)
    {
        var (path, named) = (run.GetOptional(argument), option is null ? null : run.Get(option));
        return path is null || named is null ? path ?? named : throw new UsageException("PATH and --path say the same: give one of them.");
    }
}

/// <summary>A command on the vault at <c>PATH</c>, or on one behind a gateway.</summary>
internal abstract class ReachableCommand : CliCommand
{
    private readonly Option<string?> _named = PathOption.Create();
    private readonly Argument<string?> _path = new("PATH") { Description = "The vault's folder, or its name with --gateway", Arity = ArgumentArity.ZeroOrOne };

    protected ReachableCommand(string name, string description) : base(name, description)
    {
        Arguments.Add(_path);
        Options.Add(_named);
        RemoteOptions.AddTo(this);
    }

    public sealed override async Task<Outcome> RunAsync(Run run, CancellationToken cancellation)
    {
        var path = PathOption.Choose(run, _path, _named);
        using var remote = RemoteOptions.Open(run, path);
        if (remote is not null)
            return await RunAsync(remote, run, cancellation);
        if (path is null)
            throw new UsageException("Name the vault's folder: as PATH, or with --path PATH; or a gateway with --gateway URL.");
        return await RunAsync(VaultPlace.At(path), run, cancellation);
    }

    protected abstract Task<Outcome> RunAsync(VaultPlace place, Run run, CancellationToken cancellation);

    protected abstract Task<Outcome> RunAsync(RemoteVault remote, Run run, CancellationToken cancellation);
}
