namespace Granary.Vault.Storage;

/// <summary>The parallel streams of lines that a log consists of. A format that has no use for one leaves it empty.</summary>
public enum LogStream
{
    /// <summary>The events, one canonical JSON object each.</summary>
    Events,

    /// <summary>One line for each event: hash, link and signature, where the format keeps them apart (PSMC).</summary>
    Chain,

    /// <summary>Bridge events of those entries that have one, counted on their own.</summary>
    Bridge,
}
