namespace Granary.Vault.Tests.Fuzzing;

/// <summary>Something that reads bytes nobody vouches for.</summary>
/// <param name="Name">Its name in the test's output.</param>
/// <param name="Samples">What it reads.</param>
/// <param name="Read">Reads; what it refuses fails with one of <paramref name="Refusals"/>.</param>
/// <param name="Refusals">The exceptions its documentation names.</param>
internal sealed record Parser(string Name, IReadOnlyList<byte[]> Samples, Action<byte[]> Read, params Type[] Refusals)
{
    /// <summary>True when it read the bytes, false when it refused them as it says it does; any other exception gets through.</summary>
    public bool Takes(byte[] bytes)
    {
        try
        {
            Read(bytes);
            return true;
        }
        catch (Exception refusal) when (Refusals.Contains(refusal.GetType()))
        {
            refusal.Message.ShouldNotBeNullOrWhiteSpace();
            return false;
        }
    }
}
