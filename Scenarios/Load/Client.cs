using System.Collections.Concurrent;
using System.Diagnostics;
using Granary.Scenarios.Clients;

namespace Granary.Scenarios.Load;

/// <summary>
/// A tenant's client and the vault it works on. It behaves as a good one: it repeats an append only with its key, and it remembers what it was told.
/// </summary>
internal sealed class Client(Agent agent, string vault, TimeSpan callLimit, ConcurrentQueue<CallRecord> records, ConcurrentQueue<string> problems)
{
    /// <summary>The code of an append that the store has no room for.</summary>
    public const string StorageRefused = "storage_refused";

    private static readonly TimeSpan PersistFor = TimeSpan.FromSeconds(180);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private static long _lastMarker;

    private readonly ConcurrentDictionary<long, long> _underWay = new();
    private long _calls;
    private long _acknowledged = -1;

    /// <summary>Who it is.</summary>
    public Agent Agent => agent;

    /// <summary>Its vault.</summary>
    public string Vault => vault;

    /// <summary>Every event it wanted in the vault.</summary>
    public ConcurrentQueue<Attempt> Attempts { get; } = new();

    /// <summary>Whether a call that began before a moment has no answer yet.</summary>
    public bool WaitsSince(long moment) => _underWay.Values.Any(begin => begin < moment);

    /// <summary>Appends once, whatever comes.</summary>
    public async Task AppendAsync(CancellationToken cancellation)
    {
        var attempt = NewAttempt(key: null);
        await TryAsync("append", attempt, cancellation);
    }

    /// <summary>
    /// Appends with a key, again until there is a receipt, or a refusal that only an operator can lift; now and then once more, which must give the same receipt.
    /// </summary>
    public async Task AppendWithKeyAsync(CancellationToken cancellation)
    {
        var attempt = NewAttempt($"key-{_lastMarker}-{Guid.NewGuid():N}");
        while (await TryAsync("append+key", attempt, cancellation) is { Kind: not AnswerKind.Success } failure)
        {
            if (failure.Code == StorageRefused || Stopwatch.GetElapsedTime(attempt.Begin) > PersistFor)
                return;
            await Task.Delay(failure.RetryAfter ?? Pause, TimeProvider.System, cancellation);
        }
        if (attempt.Marker % 10 == 0)
            await TryAsync("append+key", attempt, cancellation);
    }

    /// <summary>Reads the newest event, which is none older than the last one this tenant has a receipt for.</summary>
    public async Task ReadAsync(CancellationToken cancellation)
    {
        var known = Interlocked.Read(ref _acknowledged);
        var answer = await CallAsync("timeline", "query_timeline", $$"""{"vault_path":"{{vault}}","limit":1}""", cancellation);
        if (answer.Kind != AnswerKind.Success)
            return;
        var newest = answer.Content.GetProperty("events").EnumerateArray().Select(e => StoredEvent.Read(e).Position).LastOrDefault(-1);
        if (newest < known)
            problems.Enqueue($"{agent.Tenant}/{vault}: a read saw position {newest} after a receipt for {known}");
    }

    /// <summary>Verifies the vault.</summary>
    public async Task VerifyAsync(CancellationToken cancellation)
    {
        var answer = await CallAsync("verify", "verify_chain", $$"""{"vault_path":"{{vault}}"}""", cancellation);
        if (answer.Kind == AnswerKind.Success && !answer.Content.GetProperty("valid").GetBoolean())
            problems.Enqueue($"{agent.Tenant}/{vault}: does not verify under load");
    }

    /// <summary>Asks the tenant's Instana backend.</summary>
    public Task InstanaAsync(CancellationToken cancellation) =>
        CallAsync("instana", "manage_events", """{"operation":"get_events","params":{"time_range":"last 2 hours","max_events":2}}""", cancellation);

    private Attempt NewAttempt(string? key)
    {
        var attempt = new Attempt(vault, Interlocked.Increment(ref _lastMarker), key, Stopwatch.GetTimestamp());
        Attempts.Enqueue(attempt);
        return attempt;
    }

    private async Task<Answer> TryAsync(string operation, Attempt attempt, CancellationToken cancellation)
    {
        var key = attempt.Key is null ? "" : $",\"idempotency_key\":\"{attempt.Key}\"";
        var arguments = $$$"""{"vault_path":"{{{vault}}}","event_type":"note","data":{"marker":{{{attempt.Marker}}},"text":"the quick brown fox"}{{{key}}}}""";
        Answer answer;
        try
        {
            answer = await CallAsync(operation, "append_event", arguments, cancellation);
        }
        catch (OperationCanceledException)
        {
            attempt.Answered(new Answer(AnswerKind.TimedOut, 0), Stopwatch.GetTimestamp());
            throw;
        }
        attempt.Answered(answer, Stopwatch.GetTimestamp());
        if (answer.Kind == AnswerKind.Success)
            Acknowledged(attempt.Receipts[^1].Position);
        return answer;
    }

    private void Acknowledged(long position)
    {
        for (var known = Interlocked.Read(ref _acknowledged); known < position;)
        {
            var seen = Interlocked.CompareExchange(ref _acknowledged, position, known);
            if (seen == known)
                return;
            known = seen;
        }
    }

    private async Task<Answer> CallAsync(string operation, string tool, string arguments, CancellationToken cancellation)
    {
        var begin = Stopwatch.GetTimestamp();
        var number = Interlocked.Increment(ref _calls);
        _underWay[number] = begin;
        try
        {
            var answer = await agent.CallAsync(tool, arguments, callLimit, cancellation);
            records.Enqueue(new CallRecord(operation, agent.Tenant, begin, Stopwatch.GetElapsedTime(begin), answer with { Content = default }));
            return answer;
        }
        finally
        {
            _underWay.TryRemove(number, out _);
        }
    }
}
