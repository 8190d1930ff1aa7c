using System.Globalization;
using Granary.Vault.Evidence.Stamps;
using Granary.Vault.Storage;

namespace Granary.Tenants.Vaults.Anchoring;

/// <summary>
/// The stamps of a vault's heads, beside the vault. The youngest are one document, which a new stamp replaces; when it is full, its older half goes into
/// a part that stays as it is, so that a vault that is stamped for years costs no more with each stamp.
/// </summary>
internal sealed class KeptStamps(IVaultLog log) : IDisposable
{
    private const string Name = "head-stamps";

    /// <summary>How many stamps the document has at most: a few times more than there are authorities, for each looks for its last one in it.</summary>
    private const int Full = 32;

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly HashSet<string> _asking = new(StringComparer.Ordinal);
    private int? _parts;

    /// <summary>Enters what asks an authority; false where this is being done.</summary>
    public bool TryBegin(string authority)
    {
        lock (_asking)
            return _asking.Add(authority);
    }

    /// <summary>Leaves it.</summary>
    public void End(string authority)
    {
        lock (_asking)
            _asking.Remove(authority);
    }

    /// <summary>The youngest stamps, the oldest of them first.</summary>
    public async Task<IReadOnlyList<HeadStamp>> YoungestAsync(CancellationToken cancellation) => Read(await log.ReadBesideAsync(Name, cancellation)) ?? [];

    /// <summary>All stamps, the youngest first, at most so many.</summary>
    public async Task<IReadOnlyList<HeadStamp>> AllAsync(int max, CancellationToken cancellation)
    {
        var all = (await YoungestAsync(cancellation)).Reverse().ToList();
        for (var part = await PartsAsync(cancellation) - 1; part >= 0 && all.Count < max; part--)
            all.AddRange((Read(await log.ReadBesideAsync(PartName(part), cancellation)) ?? []).Reverse());
        // Where a process ended between the two documents, some are in both.
        return [.. all.DistinctBy(stamp => (stamp.Authority, stamp.Count, stamp.AskedAt)).Take(max)];
    }

    /// <summary>Keeps a stamp.</summary>
    public async Task AddAsync(HeadStamp stamp, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            var parts = await PartsAsync(cancellation);
            var stored = await log.ReadBesideAsync(Name, cancellation);
            var stamps = Read(stored)?.ToList();
            // What cannot be read is evidence all the same: it is put away, not replaced.
            if (stamps is null ? stored is { IsEmpty: false } : stamps.Count >= Full)
            {
                await WriteAsync(PartName(parts), stamps is null ? stored!.Value : HeadStamps.Write(stamps[..(Full / 2)]), parts, cancellation);
                stamps?.RemoveRange(0, Full / 2);
                _parts = ++parts;
            }
            stamps = [.. stamps ?? [], stamp];
            // Neither the number of parts nor, within one, that of stamps goes back.
            if (!await WriteAsync(Name, HeadStamps.Write(stamps), (parts * (2L * Full)) + stamps.Count, cancellation))
                _parts = null;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Puts better evidence in the place of what a young stamp has; one that has become old meanwhile stays.</summary>
    public async Task ImproveAsync(HeadStamp stamp, ReadOnlyMemory<byte> evidence, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            var stamps = (await YoungestAsync(cancellation)).Select(kept => IsSame(kept, stamp) ? kept with { Evidence = evidence } : kept).ToList();
            await WriteAsync(Name, HeadStamps.Write(stamps), (await PartsAsync(cancellation) * (2L * Full)) + stamps.Count, cancellation);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private static bool IsSame(HeadStamp one, HeadStamp other) => (one.Authority, one.Count, one.AskedAt) == (other.Authority, other.Count, other.AskedAt);

    private static string PartName(int part) => string.Create(CultureInfo.InvariantCulture, $"{Name}-{part}");

    private static IReadOnlyList<HeadStamp>? Read(ReadOnlyMemory<byte>? stored)
    {
        try
        {
            return stored is { } file ? HeadStamps.Read(file) : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private async Task<int> PartsAsync(CancellationToken cancellation)
    {
        if (_parts is { } known)
            return known;
        var parts = 0;
        while (await log.ReadBesideAsync(PartName(parts), cancellation) is not null)
            parts++;
        _parts = parts;
        return parts;
    }

    private Task<bool> WriteAsync(string name, ReadOnlyMemory<byte> content, long rank, CancellationToken cancellation) =>
        log.WriteBesideAsync(new VaultDocument(name, content), rank, cancellation);
}
