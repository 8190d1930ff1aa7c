namespace Granary.Vault.Evidence;

/// <summary>Evidence that cannot be made or read; the message is a sentence for the caller.</summary>
public sealed class EvidenceException(string message, Exception? inner = null) : Exception(message, inner);
