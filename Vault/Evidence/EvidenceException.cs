namespace Granary.Vault.Evidence;

/// <summary>Evidence that cannot be made or had; the message is a sentence for whoever asked.</summary>
public sealed class EvidenceException(string message, Exception? inner = null) : Exception(message, inner);
