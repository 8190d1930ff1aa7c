namespace Granary.Vault.Storage;

/// <summary>The files of a log in a vault's folder, one for each <see cref="LogStream"/>.</summary>
internal static class LogFileName
{
    public const string Events = "events/events.ndjson";
    public const string Chain = "chain/chain.ndjson";
    public const string Bridge = "events/provara.ndjson";
}
