using System.Text;
using Granary.Bench.Setup;
using Granary.Tenants;
using Granary.Tenants.Vaults;
using Granary.Vault;
using Granary.Vault.Keys;
using Granary.Vault.Reducer;
using Granary.Vault.Storage;
using Granary.Vault.Storage.Files;
using Granary.Vault.Storage.Files.Commits;
using Granary.Vault.Verification;
using Granary.Vault.Verification.Checks;
using Microsoft.Extensions.Logging.Abstractions;

namespace Granary.Bench.Vaults;

/// <summary>One of the two formats, as far as the measurements differ in it. Vaults are folders below a root.</summary>
internal abstract class VaultShape
{
    /// <summary>The most entries of one append.</summary>
    private const int FillBatch = 1024;

    /// <summary>How many beliefs the events are about.</summary>
    public const int Subjects = 1_000;

    private const int Inputs = 4_096;

    private readonly Lazy<AppendEvent[]> _inputs;

    protected VaultShape() => _inputs = new(() => [.. Enumerable.Range(0, Inputs).Select(n => Input(n % Subjects, n))]);

    /// <summary>All formats.</summary>
    public static IReadOnlyList<VaultShape> All { get; } = [new PsmcShape(), new BackpackShape()];

    /// <summary>How large the events of all formats are, for the record.</summary>
    public static string Sizes => string.Join(", ", All.Select(shape => $"{shape.EventBytes} bytes in {shape.Name}"));

    /// <summary>The format's name.</summary>
    public abstract string Name { get; }

    /// <summary>The size of an event's line, nearly.</summary>
    public abstract int EventBytes { get; }

    /// <summary>The size of what an event's signature is of, nearly.</summary>
    public abstract int SignedBytes { get; }

    /// <summary>The key of all vaults of this run.</summary>
    public SigningKey Key { get; } = SigningKey.Generate();

    /// <summary>How entries are judged.</summary>
    public abstract IEntryFormat Entries { get; }

    /// <summary>How the reducer sees the events.</summary>
    public abstract EventView View { get; }

    /// <summary>Creates a vault.</summary>
    public abstract Task CreateAsync(IVaultStore store, CancellationToken cancellation);

    /// <summary>Opens a vault for building and appending entries.</summary>
    public abstract Task<IBuildingVault> OpenAsync(IVaultStore store, CancellationToken cancellation);

    /// <summary>Verifies the whole vault, as strictly as what we write must be.</summary>
    /// <returns>How many events it has.</returns>
    /// <exception cref="BenchException">It has findings: what was measured would be worth nothing.</exception>
    public async Task<long> VerifyAsync(IVaultReader reader, CancellationToken cancellation)
    {
        var report = await VaultVerifier.RunAsync(reader, new VerificationOptions { ManifestMayLag = true }, null, cancellation);
        return report.Valid ? report.Head.Count : throw new BenchException($"A vault of the format {Name} does not verify: {report.Findings[0].Reason}");
    }

    /// <summary>An event as a client sends it: made beforehand, for making it is not what is measured.</summary>
    public AppendEvent Event(long n) => _inputs.Value[n % Inputs];

    /// <summary>The place of a vault.</summary>
    public static FileVaultStore Store(string root, string name, CommitLog? commits = null) => new(new FileVaultOptions
    {
        Folder = Path.Combine(root, "vaults", name),
        StateFolder = Path.Combine(root, "state", name),
        Formats = VaultFormats.All,
        Commits = commits is null ? null : () => commits,
    });

    /// <summary>An activation of a vault, as a gateway or a silo has it.</summary>
    public static VaultActivation Activate(string root, string name, CommitLog? commits = null) =>
        new(VaultName.Parse(name), Store(root, name, commits), new VaultActivationOptions(), TimeProvider.System, NullLogger.Instance);

    /// <summary>Creates a vault of so many events; the next batch is built while one becomes durable.</summary>
    /// <param name="store">Where.</param>
    /// <param name="events">How many.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <param name="input">The events; <see cref="Event"/> where null.</param>
    public async Task FillAsync(IVaultStore store, long events, CancellationToken cancellation, Func<long, AppendEvent>? input = null)
    {
        input ??= Event;
        await CreateAsync(store, cancellation);
        await using var vault = await OpenAsync(store, cancellation);
        var head = vault.Log.Head;
        var underWay = Task.CompletedTask;
        while (head.Count < events)
        {
            var (from, batch) = (head, new List<LogEntry>(FillBatch));
            for (var left = Math.Min(FillBatch, events - head.Count); left > 0; left--)
            {
                batch.Add(vault.Build(input(head.Count), head));
                head = new LogHead(head.Count + 1, batch[^1].Hash);
            }
            await underWay;
            underWay = AppendAsync(vault.Log, from, batch, cancellation);
        }
        await underWay;
    }

    /// <summary>An event about a subject, with so much text that its line has <see cref="EventBytes"/>.</summary>
    protected abstract AppendEvent Input(int subject, int n);

    /// <summary>How sure the events about a subject are: of one subject in a hundred so sure that different values are a dispute.</summary>
    internal static string Confidence(int subject) => subject % 100 == 0 ? "0.65" : "0.45";

    /// <summary>A text of so many characters.</summary>
    internal static string Filler(int n, int length)
    {
        var text = new StringBuilder(length + 64);
        while (text.Length < length)
            text.Append($"{n:D4} the quick brown fox jumps over the lazy dog; ");
        return text.ToString(0, length);
    }

    private static async Task AppendAsync(IVaultLog log, LogHead head, List<LogEntry> batch, CancellationToken cancellation)
    {
        if (await log.AppendAsync(head, batch, cancellation) is not AppendOutcome.Appended)
            throw new BenchException("A vault that nobody else writes to refused an append.");
    }
}

/// <summary>An open vault that builds its entries itself: prepared, linked and signed.</summary>
internal interface IBuildingVault : IAsyncDisposable
{
    /// <summary>Its log.</summary>
    IVaultLog Log { get; }

    /// <summary>Builds the entry that follows a head; a vault builds one after the other.</summary>
    LogEntry Build(AppendEvent append, LogHead head);
}
