using System;
using System.Linq;

namespace Microsoft.ML;

/// <summary>What a component says of the form it writes: signature, versions, and who reads it.</summary>
internal readonly struct VersionInfo
{
    private const int ModelSignatureLength = 8;
    private const int MaxLoaderSignatureLength = 24;

    public readonly ulong ModelSignature;
    public readonly uint VerWrittenCur;
    public readonly uint VerReadableCur;
    public readonly uint VerWeCanReadBack;
    public readonly string LoaderAssemblyName;
    public readonly string LoaderSignature;
    public readonly string LoaderSignatureAlt;

    public VersionInfo(
        string modelSignature, uint verWrittenCur, uint verReadableCur, uint verWeCanReadBack, string loaderAssemblyName,
        string loaderSignature = null, string loaderSignatureAlt = null)
    {
        if (modelSignature?.Length != ModelSignatureLength || modelSignature.Any(c => c > byte.MaxValue))
            throw new InvalidOperationException("Model signature must be eight characters");
        CheckLoader(loaderSignature);
        CheckLoader(loaderSignatureAlt);
        if (verWeCanReadBack > verWrittenCur || verReadableCur > verWrittenCur)
            throw new InvalidOperationException("A component must be able to read what it writes.");
        ModelSignature = modelSignature.Select((c, i) => (ulong)c << (8 * i)).Aggregate((a, b) => a | b);
        VerWrittenCur = verWrittenCur;
        VerReadableCur = verReadableCur;
        VerWeCanReadBack = verWeCanReadBack;
        LoaderAssemblyName = loaderAssemblyName;
        LoaderSignature = loaderSignature;
        LoaderSignatureAlt = loaderSignatureAlt;
    }

    private static void CheckLoader(string signature)
    {
        if (signature is not null && (signature.Length > MaxLoaderSignatureLength || signature.Any(c => c > byte.MaxValue)))
            throw new InvalidOperationException("Loader signature must be at most 24 characters");
    }
}
