using BenchmarkDotNet.Attributes;
using Granary.Bench.Vaults;
using Granary.Tenants;
using Granary.Vault.Canonical;
using Granary.Vault.Storage;

namespace Granary.Bench.Micro;

/// <summary>An event of each format, from what a client sends to its signed line, and the steps on the way.</summary>
public class VaultEventBenchmarks
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-micro-").FullName;
    private readonly PooledBuffer _canonical = new();
    private VaultShape? _shape;
    private IBuildingVault? _vault;
    private AppendEvent? _input;
    private LogHead _head;
    private LogEntry? _entry;

    /// <summary>The format.</summary>
    [ParamsSource(nameof(Formats))]
    public string Format { get; set; } = "";

    public static IEnumerable<string> Formats => VaultShape.All.Select(shape => shape.Name);

    [GlobalSetup]
    public async Task PrepareAsync()
    {
        _shape = VaultShape.All.Single(shape => shape.Name == Format);
        await _shape.CreateAsync(VaultShape.Store(_folder, Format), CancellationToken.None);
        _vault = await _shape.OpenAsync(VaultShape.Store(_folder, Format), CancellationToken.None);
        (_head, _input) = (_vault.Log.Head, _shape.Event(7));
        _entry = Build();
    }

    [GlobalCleanup]
    public async Task RemoveAsync()
    {
        if (_vault is not null)
            await _vault.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Benchmark]
    public int Canonicalize()
    {
        _canonical.Clear();
        CanonicalJson.Write(_input!.Data.Span, _canonical);
        return _canonical.Written.Length;
    }

    [Benchmark]
    public byte Hash()
    {
        Span<byte> hash = stackalloc byte[Sha256.Size];
        Sha256.Hash(_entry!.Event.Span, hash);
        return hash[0];
    }

    [Benchmark(Baseline = true)]
    public LogEntry Build() => _vault!.Build(_input!, _head);

    [Benchmark]
    public EntryState Read() => _shape!.Entries.Check(_head.Count, _entry!.Event.Span, _entry.Chain.Span, out _);
}
