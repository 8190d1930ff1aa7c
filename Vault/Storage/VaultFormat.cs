namespace Granary.Vault.Storage;

/// <summary>What a store must know of a format.</summary>
/// <param name="Name">Its name, as a store that keeps it beside the vault writes it.</param>
/// <param name="Marker">The document by which a folder of this format is known.</param>
/// <param name="KeyFile">The document with the private keys of a vault that keeps them itself.</param>
/// <param name="HasChain">Whether every event has a line in <see cref="LogStream.Chain"/>; without, there is neither that stream nor a bridge.</param>
/// <param name="Entries">How entries are judged.</param>
public sealed record VaultFormat(string Name, string Marker, string KeyFile, bool HasChain, IEntryFormat Entries);
