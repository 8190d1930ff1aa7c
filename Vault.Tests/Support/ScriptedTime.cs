namespace Granary.Vault.Tests.Support;

/// <summary>A clock that tells given times one after the other, then the last one for ever.</summary>
internal sealed class ScriptedTime(params DateTimeOffset[] times) : TimeProvider
{
    private int _read;

    public override DateTimeOffset GetUtcNow() => times[Math.Min(_read++, times.Length - 1)];

    /// <summary>Times a second and a millisecond apart, as the sample vaults have them.</summary>
    public static ScriptedTime From(DateTimeOffset first) =>
        new([.. Enumerable.Range(0, 200).Select(i => first.AddMilliseconds(1001 * i))]);
}
