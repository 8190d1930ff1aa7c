namespace Granary.Vault.Proofs;

/// <summary>The requested proof cannot exist; the message is a sentence for the caller.</summary>
public sealed class ProofInputException(string message) : Exception(message);
