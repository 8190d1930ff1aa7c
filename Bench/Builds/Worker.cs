using System.Globalization;
using Granary.Bench.Load;
using Granary.Bench.Setup;
using Granary.Bench.Vaults;
using Granary.Tenants.Vaults;
using Granary.Vault.Storage.Files.Commits;

namespace Granary.Bench.Builds;

/// <summary>
/// This build as another process measures it (<c>--worker FOLDER</c>): a line in is one measurement, a line out its figure. The process stays, so that
/// what it runs is compiled once and the measurements of two builds can take turns.
/// </summary>
internal sealed class Worker : IAsyncDisposable
{
    private readonly string _folder;
    private readonly CommitLog _commits;
    private readonly Dictionary<string, List<VaultActivation>> _activations = [];

    private Worker(string folder)
    {
        _folder = folder;
        _commits = CommitLog.Open(new CommitLogOptions { Root = folder }, out _);
    }

    /// <summary>Measures what standard input asks for until it ends.</summary>
    public static async Task<int> RunAsync(string folder, CancellationToken cancellation)
    {
        await using var worker = new Worker(folder);
        while (await Console.In.ReadLineAsync(cancellation) is { } line)
        {
            var figure = await worker.MeasureAsync(line.Split(' '), cancellation);
            await Console.Out.WriteLineAsync(figure.ToString("R", CultureInfo.InvariantCulture));
            await Console.Out.FlushAsync(cancellation);
        }
        return 0;
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        foreach (var activation in _activations.Values.SelectMany(vaults => vaults))
            await activation.DisposeAsync();
        await _commits.DisposeAsync();
    }

    private async Task<double> MeasureAsync(string[] command, CancellationToken cancellation)
    {
        var shape = VaultShape.All.Single(shape => shape.Name == command[1]);
        var amount = double.Parse(command[^1], CultureInfo.InvariantCulture);
        switch (command[0])
        {
            case "fill":
                await shape.FillAsync(VaultShape.Store(_folder, shape.Name), (long)amount, cancellation);
                return 0;
            case "sign":
                return await VaultWork.SignAsync(shape, _folder, TimeSpan.FromSeconds(amount), cancellation);
            case "verify":
                return await VaultWork.VerifyAsync(shape, _folder, cancellation);
            case "append":
                var vaults = await ActivateAsync(shape, int.Parse(command[2], CultureInfo.InvariantCulture), cancellation);
                return 1e6 / (await AppendStorm.RunAsync(shape, vaults, LoadBudget.For(TimeSpan.FromSeconds(amount)), cancellation)).Cpu;
            default:
                throw new BenchException($"A worker measures no {command[0]}.");
        }
    }

    private async Task<List<VaultActivation>> ActivateAsync(VaultShape shape, int count, CancellationToken cancellation)
    {
        var key = $"{shape.Name}-{count}";
        if (_activations.TryGetValue(key, out var known))
            return known;
        var made = new List<VaultActivation>();
        for (var i = 0; i < count; i++)
        {
            await shape.CreateAsync(VaultShape.Store(_folder, $"{key}-{i}", _commits), cancellation);
            made.Add(VaultShape.Activate(_folder, $"{key}-{i}", _commits));
        }
        return _activations[key] = made;
    }
}
