using System.Diagnostics;
using Granary.Bench.Setup;
using Granary.Tenants;
using Granary.Vault.Backpack.Events;
using Granary.Vault.Canonical;
using Granary.Vault.Keys;
using Granary.Vault.Reducer;
using Granary.Vault.Storage;

namespace Granary.Bench.Vaults;

/// <summary>The work behind each row of the comparison, on data made once.</summary>
internal sealed class ReferenceWork : IAsyncDisposable
{
    private const int FullEvents = 100_000;
    private const int Inputs = 4_096;
    private const int Appends = 200;
    private const int Threads = 4;
    private const int AppendsEach = 50;

    private readonly PsmcShape _psmc = new();
    private readonly SigningKey _key = SigningKey.Generate();
    private readonly AppendEvent[] _inputs = [.. Enumerable.Range(0, Inputs).Select(n => BackpackEvents.Input(n % VaultShape.Subjects, n))];
    private readonly List<byte[]> _lines = [];
    private readonly Lazy<byte[]> _halfway;
    private readonly string _folder;
    private readonly int _reduction;
    private int _fresh;

    private ReferenceWork(string folder, int reduction)
    {
        (_folder, _reduction) = (folder, reduction);
        _halfway = new(Halfway);
    }

    /// <summary>How many events most rows are about.</summary>
    public int Events => FullEvents / _reduction;

    /// <summary>Makes the data; a reduction makes less of it, for a look.</summary>
    public static async Task<ReferenceWork> CreateAsync(string folder, int reduction, CancellationToken cancellation)
    {
        var work = new ReferenceWork(folder, reduction);
        var events = new BackpackEvents(work._key, ChainLink.First);
        for (var n = 0; n < work.Events; n++)
            work._lines.Add(events.Build(work._inputs[n % Inputs]).Event.ToArray());
        foreach (var size in (int[])[0, 1_000, 10_000, 50_000])
            await work._psmc.FillAsync(VaultShape.Store(folder, $"{size}"), size / reduction, cancellation);
        return work;
    }

    /// <summary>What the authors published.</summary>
    public IEnumerable<ReferenceRow> Published() =>
    [
        new("events written to a new vault", "171 000/s", "/s", "with signatures; theirs are unsigned lines", _ => Task.FromResult(Rate(Events, BuildAll))),
        new(
            "chain verification", "188 000/s", "/s",
            $"links, hashes and every signature, {Environment.ProcessorCount} cores; theirs is links only", VerifyRateAsync),
        new("streaming reduce v1 (statistics)", "51 000/s", "/s", "", _ => Task.FromResult(Rate(Events, Count))),
        new("reduce v0", "635/s", "/s", "", _ => Task.FromResult(Rate(Events, Reduce))),
        new(
            "checkpoint resume v1, events after the checkpoint", "67 000/s", "/s",
            "reading the checkpoint included", _ => Task.FromResult(Rate(Events / 2, Resume))),
        new("canonical JSON", "232 000/s", "/s", "", _ => Task.FromResult(Rate(Events, Canonicalize))),
    ];

    /// <summary>What was measured of their code on a machine like this one.</summary>
    public IEnumerable<ReferenceRow> Measured() =>
    [
        .. new (int Size, string Theirs)[] { (0, "594/s"), (1_000, "523/s"), (10_000, "106/s"), (50_000, "11/s") }.Select(row =>
            new ReferenceRow($"PSMC append, vault of {row.Size} events", row.Theirs, "/s", "", cancellation => AppendRateAsync(row.Size, cancellation))),
        new("PSMC verify, 10 000 events", "1.7 s", "s", "", cancellation => VerifySecondsAsync(10_000, cancellation)),
        new("PSMC verify, 50 000 events", "21 s", "s", "", cancellation => VerifySecondsAsync(50_000, cancellation)),
        new("build and sign", "5 400/s", "/s", "", _ => Task.FromResult(Rate(Events, BuildAll))),
        new("signature verification", "2 600/s", "/s", "", _ => Task.FromResult(Rate(Events / 10, VerifySignatures))),
        new("reduce v0, 20 000 events", "8.7 s", "s", "", _ => Task.FromResult(Seconds(() => Reduce(20_000 / _reduction)))),
        new($"{Threads} threads, {AppendsEach} PSMC appends each", "176 of 200 positions, does not verify", "positions", "verifies", PositionsAsync),
    ];

    /// <inheritdoc />
    public ValueTask DisposeAsync()
    {
        _key.Dispose();
        return default;
    }

    private static double Rate(int count, Action<int> work) => count / Seconds(() => work(count));

    private static double Seconds(Action work)
    {
        var begin = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(begin).TotalSeconds;
    }

    private void BuildAll(int count)
    {
        var events = new BackpackEvents(_key, ChainLink.First);
        for (var n = 0; n < count; n++)
            events.Build(_inputs[n % _inputs.Length]);
    }

    private void Reduce(int count)
    {
        using var reducer = new ReducerV0();
        for (var n = 0; n < count; n++)
            reducer.Apply(_lines[n]);
        if (reducer.StateHash().Length != LogHead.ZeroHash.Length || reducer.EventCount != count)
            throw new BenchException("The reducer lost events.");
    }

    private void Count(int count)
    {
        var statistics = new ReducerV1();
        for (var n = 0; n < count; n++)
            statistics.Apply(_lines[n]);
    }

    private void Resume(int count)
    {
        var statistics = ReducerV1.Resume(_halfway.Value);
        for (var n = Events - count; n < Events; n++)
            statistics.Apply(_lines[n]);
        if (statistics.EventCount != Events)
            throw new BenchException("The statistics did not go on where they were.");
    }

    private byte[] Halfway()
    {
        var statistics = new ReducerV1();
        foreach (var line in _lines.Take(Events - (Events / 2)))
            statistics.Apply(line);
        using var output = new PooledBuffer(1024);
        statistics.WriteCheckpoint(output);
        return output.Written.ToArray();
    }

    private void Canonicalize(int count)
    {
        using var output = new PooledBuffer(1024);
        for (var n = 0; n < count; n++)
        {
            output.Clear();
            CanonicalJson.Write(_lines[n], output);
        }
    }

    private void VerifySignatures(int count)
    {
        for (var n = 0; n < count; n++)
        {
            if (!new BackpackEvent(_lines[n]).IsSignedBy(_key.PublicKey))
                throw new BenchException("An event is not signed.");
        }
    }

    private async Task<double> VerifyRateAsync(CancellationToken cancellation) => 50_000 / _reduction / await VerifySecondsAsync(50_000, cancellation);

    private async Task<double> VerifySecondsAsync(int size, CancellationToken cancellation)
    {
        await using var vault = await _psmc.OpenAsync(VaultShape.Store(_folder, $"{size}"), cancellation);
        var begin = Stopwatch.GetTimestamp();
        await _psmc.VerifyAsync(vault.Log, cancellation);
        return Stopwatch.GetElapsedTime(begin).TotalSeconds;
    }

    private async Task<double> AppendRateAsync(int size, CancellationToken cancellation)
    {
        await using var vault = VaultShape.Activate(_folder, $"{size}");
        await vault.GetHeadAsync(cancellation);
        var begin = Stopwatch.GetTimestamp();
        for (var n = 0; n < Appends; n++)
            await vault.AppendAsync(_psmc.Event(n), cancellation);
        return Appends / Stopwatch.GetElapsedTime(begin).TotalSeconds;
    }

    private async Task<double> PositionsAsync(CancellationToken cancellation)
    {
        var name = $"fresh-{_fresh++}";
        await _psmc.CreateAsync(VaultShape.Store(_folder, name), cancellation);
        await using var vault = VaultShape.Activate(_folder, name);
        var receipts = await Task.WhenAll(Enumerable.Range(0, Threads).Select(_ => Task.Run(async () =>
        {
            var positions = new List<long>();
            for (var n = 0; n < AppendsEach; n++)
                positions.Add((await vault.AppendAsync(_psmc.Event(n), cancellation)).Position);
            return positions;
        })));
        if (!(await vault.VerifyAsync(null, cancellation)).Valid)
            throw new BenchException("A vault does not verify after appends of several threads.");
        return receipts.SelectMany(positions => positions).Distinct().Count();
    }
}
