using Granary.Vault.Storage;
using StackExchange.Redis;

namespace Granary.Vault.Redis;

/// <summary>The keys and arguments of a birth, as <see cref="RedisScripts.Create"/> takes them.</summary>
internal sealed class BirthCommand
{
    public BirthCommand(RedisLayout layout, VaultBirth birth, string mark, RedisVaultOptions options, StagedBirth? staged)
    {
        Keys =
        [
            layout.Head, layout.Documents, layout.Secrets, layout.Beside, layout.BesideSecrets,
            layout.Segment(LogStream.Events, 0), layout.Segment(LogStream.Chain, 0), .. staged?.Keys ?? [],
        ];
        IReadOnlyList<LogEntry> inOne = staged is null ? birth.Entries : [];
        List<RedisValue>[] parts =
        [
            Plain(birth.Documents, document => document.Content.ToArray()),
            Secret(birth.Documents, document => RedisVaultStore.Purpose(options, document.Name), options),
            Plain(birth.Beside, document => Ranked.Write(document.Content, null)),
            Secret(birth.Beside, document => RedisVaultStore.PurposeBeside(options, document.Name), options),
            [.. inOne.Select(entry => (RedisValue)AppendScript.Bytes(entry.Event))],
            birth.Format.HasChain ? [.. inOne.Select(entry => (RedisValue)AppendScript.Bytes(entry.Chain))] : [],
        ];
        Values =
        [
            mark, RedisLayout.Version, birth.Format.Name, options.Time.GetUtcNow().ToUnixTimeMilliseconds(),
            birth.Entries.Count, birth.Entries.Count == 0 ? LogHead.ZeroHash : birth.Entries[^1].Hash,
            .. parts.Select(part => (RedisValue)part.Count), .. parts.SelectMany(part => part), .. staged?.Lengths ?? [],
        ];
    }

    public RedisKey[] Keys { get; }

    public RedisValue[] Values { get; }

    private static List<RedisValue> Plain(IEnumerable<VaultDocument> documents, Func<VaultDocument, byte[]> stored) =>
        [.. documents.Where(document => !document.Secret).SelectMany(document => (RedisValue[])[document.Name, stored(document)])];

    private static List<RedisValue> Secret(IEnumerable<VaultDocument> documents, Func<VaultDocument, string> purpose, RedisVaultOptions options) =>
        [.. documents.Where(document => document.Secret).SelectMany(
            document => (RedisValue[])[document.Name, options.Keys.Wrap(document.Content.Span, purpose(document))])];
}
