using System.Diagnostics;
using Granary.Tenants.Vaults.Anchoring;
using Granary.Tenants.Vaults.Formats;
using Granary.Tenants.Vaults.Operations;
using Granary.Tenants.Vaults.Operations.Proofs;
using Granary.Tenants.Vaults.Signing;
using Granary.Vault.Psmc;
using Granary.Vault.Storage;
using Granary.Vault.Verification.Reports;
using Microsoft.Extensions.Logging;

namespace Granary.Tenants.Vaults;

/// <summary>
/// A vault in use: opened once, its head cached, appends gathered into group commits. An optimisation, never a lock: the store's
/// fence keeps two activations of one vault from forking it. Opening and closing are in another part of this class.
/// </summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage(
    "Usage", "CA2213", Justification = "The semaphore holds no handle, and late callers must still be able to wait on it.")]
public sealed partial class VaultActivation : IVault, IAsyncDisposable
{
    private readonly IVaultStore _store;
    private readonly VaultName _name;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly AnchorPlan? _anchors;
    private readonly TenantSigner? _tenant;
    private readonly bool _isHeld;
    private readonly AppendQueue _queue;
    private readonly VaultCommitter _committer;
    private readonly SemaphoreSlim _opening = new(1, 1);
    private readonly ITimer _quiet;
    private volatile VaultWriter? _vault;
    private volatile bool _closed;

    /// <summary>Creates the activation; nothing is opened before the first call.</summary>
    /// <param name="name">The vault's name, for messages.</param>
    /// <param name="store">Where it is stored.</param>
    /// <param name="options">Bounds.</param>
    /// <param name="time">The clock of its events.</param>
    /// <param name="logger">Where repairs and unexpected failures are reported.</param>
    /// <param name="committed">Called after each commit with the first position and the number of events; must return quickly.</param>
    /// <param name="tenant">Signs checkpoints for the vault's tenant; null where nobody does.</param>
    public VaultActivation(
        VaultName name, IVaultStore store, VaultActivationOptions options, TimeProvider time, ILogger logger, Action<long, int>? committed = null,
        TenantSigner? tenant = null)
    {
        _name = name;
        _store = store;
        _time = time;
        _logger = logger;
        _anchors = options.Anchors;
        _isHeld = options.IsHeld;
        _tenant = tenant;
        _committer = new VaultCommitter(name, time, committed);
        _queue = new AppendQueue(options, CommitAsync);
        // Of no call: a timer keeps what surrounds it, and this one lives as long as the activation.
        using (ExecutionContext.IsFlowSuppressed() ? (AsyncFlowControl?)null : ExecutionContext.SuppressFlow())
            _quiet = time.CreateTimer(_ => _ = BecomeQuietAsync(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _committer.DerivedChanged = () =>
        {
            _behind = true;
            _quiet.Change(options.QuietAfter, Timeout.InfiniteTimeSpan);
        };
    }

    /// <summary>True when the vault was looked for and is not there: nothing is worth keeping of this activation.</summary>
    public bool IsVoid { get; private set; }

    /// <inheritdoc />
    public Task<VaultDescription> CreateAsync(VaultCreation creation, CancellationToken cancellation) => GuardAsync("create", async () =>
    {
        await CreateOnceAsync(VaultFactory.New(creation, _time), cancellation);
        return (await OpenedAsync(cancellation)).Describe(_name);
    });

    /// <inheritdoc />
    public Task<AppendReceipt> AppendAsync(AppendEvent append, CancellationToken cancellation) => GuardAsync("append", async () =>
    {
        cancellation.ThrowIfCancellationRequested();
        IdempotencyKey.Check(append.IdempotencyKey);
        var vault = _vault ?? await OpenedAsync(cancellation);
        var prepared = vault.Prepare(append);
        if (append.Encrypt)
            prepared = await vault.EncryptAsync(prepared, cancellation);
        var pending = new PendingAppend(prepared, append.IdempotencyKey ?? IdempotencyKey.ForRetry(append.RetryKey));
        _queue.Enqueue(pending);
        var receipt = await pending.WaitAsync(cancellation);
        return append.IdempotencyKey is null ? receipt with { Replayed = false } : receipt;
    });

    /// <inheritdoc />
    public Task<VaultHead> GetHeadAsync(CancellationToken cancellation) => GuardAsync("head", async () =>
    {
        var head = await (await OpenedAsync(cancellation)).Log.RefreshAsync(cancellation);
        return new VaultHead(head.Count, head.Hash);
    });

    /// <inheritdoc />
    public Task<VerificationReport> VerifyAsync(IProgress<WorkProgress>? progress, CancellationToken cancellation) => GuardAsync("verify", async () =>
    {
        var report = await VaultCheck.RunAsync(await OpenedAsync(cancellation), VerificationMode.Strict, progress, cancellation);
        var findings = report.Findings.Where(finding => finding.Severity != FindingSeverity.Note)
            .Select(finding => new VerificationFinding(finding.Position, finding.Rule, finding.Reason));
        return new VerificationReport(report.Valid, report.Head.Count, report.Head.Hash, [.. findings], report.Errors + report.Warnings);
    });

    /// <inheritdoc />
    public Task<Timeline> QueryTimelineAsync(TimelineQuery query, CancellationToken cancellation) => GuardAsync("timeline", async () =>
    {
        if (query.Limit < 0)
            throw new TenantException(TenantFailure.InvalidInput, "limit must not be negative; 0 means all that fit.");
        var log = (await OpenedAsync(cancellation)).Log;
        var (events, truncated) = await QueryAsync(log, query.ForLog(), cancellation);
        return new Timeline(events, truncated);
    });

    /// <inheritdoc />
    public Task<VaultResult> RunAsync(VaultCall call, IProgress<WorkProgress>? progress, CancellationToken cancellation) => GuardAsync(VaultOperations.Known(call.Operation), async () =>
    {
        var operation = VaultOperations.Find(call.Operation);
        IdempotencyKey.Check(call.IdempotencyKey);
        using var arguments = OperationArguments.Parse(call.Arguments);
        var vault = await OpenedAsync(cancellation);
        await vault.Log.RefreshAsync(cancellation);
        return await operation.RunAsync(new VaultOperationContext(_name, vault, call, arguments, new Door(this), progress, cancellation));
    });

    /// <summary>
    /// The head of the log is asked of the store, for others append as well. A short read is asked for with it and not after it: as a rule
    /// nobody did, and a round trip is most of what such a read costs.
    /// </summary>
    private static async Task<(IReadOnlyList<ReadOnlyMemory<byte>> Events, bool Truncated)> QueryAsync(
        IVaultLog log, PsmcTimelineQuery query, CancellationToken cancellation)
    {
        var known = log.Head;
        var refreshing = log.RefreshAsync(cancellation);
        if (!query.IsShort)
            return await PsmcTimeline.QueryAsync(log, (await refreshing).Count, query, cancellation);
        var reading = PsmcTimeline.QueryAsync(log, known.Count, query, cancellation);
        await ((Task)reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var head = await refreshing;
        return head == known ? await reading : await PsmcTimeline.QueryAsync(log, head.Count, query, cancellation);
    }

    private async Task CommitAsync(List<PendingAppend> batch)
    {
        using var span = CommitSpan.Start(batch);
        try
        {
            await _committer.CommitAsync(await WritableAsync(), batch);
        }
        catch (Exception failure)
        {
            var translated = VaultFailures.Translate(failure, _name);
            if (VaultFailures.IsUnexpected(failure))
                LogUnexpected(failure, _name.Value);
            await ReopenAfterAsync(failure);
            foreach (var pending in batch)
                pending.Fail(translated);
        }
    }

    private async Task<T> GuardAsync<T>(string operation, Func<Task<T>> work)
    {
        var start = Stopwatch.GetTimestamp();
        Exception? end = null;
        try
        {
            return await work();
        }
        catch (Exception failure) when (failure is TenantException or OperationCanceledException)
        {
            end = failure;
            throw;
        }
        catch (Exception failure)
        {
            end = VaultFailures.Translate(failure, _name);
            if (VaultFailures.IsUnexpected(failure))
                LogUnexpected(failure, _name.Value);
            throw end;
        }
        finally
        {
            TenantMetrics.Vault(operation, start, end);
        }
    }

    private sealed class Door(VaultActivation owner) : IOperationDoor
    {
        public TimeProvider Time => owner._time;

        public AnchorPlan? Anchors => owner._anchors;

        public bool IsHeld => owner._isHeld;

        public TenantSigner? Tenant => owner._tenant;

        public Task<AppendReceipt> AppendAsync(AppendEvent append, CancellationToken cancellation) => owner.AppendAsync(append, cancellation);

        public Task<T> BetweenCommitsAsync<T>(Func<VaultWriter, Task<T>> work) => owner._queue.RunAsync(async () =>
        {
            try
            {
                var vault = await owner.WritableAsync();
                await vault.Log.RefreshAsync(CancellationToken.None);
                await vault.CatchUpAsync();
                var done = await work(vault);
                if (vault.IsStale)
                    await owner.ReopenAsync();
                return done;
            }
            catch (Exception failure)
            {
                await owner.ReopenAfterAsync(failure);
                throw;
            }
        });

        public void Appended(long from, int count) => owner._committer.Appended(from, count);
    }

    [LoggerMessage(1, LogLevel.Warning, "Vault {Vault} was repaired when it was opened ({Rule}): {Reason}")]
    private partial void LogRepair(string vault, string rule, string reason);

    [LoggerMessage(2, LogLevel.Error, "Vault {Vault} met an unexpected failure")]
    private partial void LogUnexpected(Exception failure, string vault);
}
