namespace Granary.Vault.Proofs;

/// <summary>A proof was asked for that there cannot be; the message is a sentence for whoever asked.</summary>
public sealed class ProofInputException(string message) : Exception(message);
