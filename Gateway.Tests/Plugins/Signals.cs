using System.Collections.Concurrent;

namespace Granary.Gateway.Tests.Plugins;

/// <summary>How a test and a tool that works for it speak: under a key that only they know.</summary>
internal sealed class Signals
{
    private static readonly ConcurrentDictionary<string, Signals> All = new();

    public string Key { get; private init; } = "";

    public TaskCompletionSource Started { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Where the tool was told to, it holds its thread until this: it has begun and waits for nothing yet.</summary>
    public ManualResetEventSlim Told { get; } = new();

    public TaskCompletionSource Go { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource Cancelled { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource Finished { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The same for a tool that holds its thread first.</summary>
    public string Holding => $$"""{"key":"{{Key}}","holds":true}""";

    public string Argument => $$"""{"key":"{{Key}}"}""";

    public static Signals Make()
    {
        var signals = new Signals { Key = Guid.NewGuid().ToString("N") };
        All[signals.Key] = signals;
        return signals;
    }

    public static Signals Of(string key) => All.GetOrAdd(key, k => new Signals { Key = k });
}
