using Granary.Hosting.Configuration;
using Granary.Tenants.Hosting;

namespace Granary.Grains.Hosting;

/// <summary>Reads which vaults the operator holds; silos and standalone gateways keep it.</summary>
public static class LegalHoldReader
{
    private const string Variable = "GRANARY_LEGAL_HOLD";

    /// <summary>Reads <c>GRANARY_LEGAL_HOLD</c>.</summary>
    /// <exception cref="InvalidDataException">It names what can be no vault; the message says what it takes.</exception>
    public static LegalHolds Read(Settings settings)
    {
        try
        {
            return LegalHolds.Parse(settings.List(Variable));
        }
        catch (FormatException failure)
        {
            throw new InvalidDataException($"{Variable}: {failure.Message}", failure);
        }
    }
}
